import type { SecurityRequirement } from '../api.js';
import type { UpstreamRequest } from '../upstream/request.js';
import type { CallerToken, UpstreamCaller } from './caller.js';
import { choose, needsNothing, type Choice } from './choose.js';
import { CredentialsError } from './error.js';
import { authorization, place, withoutCredentials } from './placement.js';
import { isTellingHeader } from './secrets.js';
import type { UpstreamCredentials } from './settings.js';
import type { TokenSource } from './token-source.js';

/**
 * A credential of one's own, such as a signature: the request, with those of the environment where it has what the
 * operation asks for, and who calls; gives the request to send. Called once for every try.
 */
export type CustomCredential = (
  request: UpstreamRequest,
  caller: UpstreamCaller | undefined,
) => UpstreamRequest | Promise<UpstreamRequest>;

/** Who calls, and until when the call is waited for. */
export interface AuthorizeContext {
  readonly caller?: UpstreamCaller;
  readonly token?: CallerToken;
  readonly signal: AbortSignal;
}

/** A request with its credentials. */
export interface Authorized {
  readonly request: UpstreamRequest;
  /** A bearer token that is not the same for every request. */
  readonly token?: string;
  /** What the answer must not repeat, beside the secrets of the settings. */
  readonly secrets: readonly string[];
}

/** Gives a request the credentials that its operation asks for. @throws CredentialsError */
export type Authorizer = (
  request: UpstreamRequest,
  security: readonly SecurityRequirement[] | undefined,
  context: AuthorizeContext,
) => Promise<Authorized>;

export function createAuthorizer(
  credentials: UpstreamCredentials,
  source: TokenSource | undefined,
  custom: CustomCredential | undefined,
): Authorizer {
  return async (request, security, { caller, token: callerToken, signal }) => {
    const bare = withoutCredentials(request, credentials.schemes);
    if (needsNothing(security)) return { request: bare, secrets: [] };
    const { placements, token: need } = chooseOr(security, credentials, custom);
    const token =
      need &&
      (await source?.token({
        ...need,
        url: bare.url,
        signal,
        ...(callerToken !== undefined && { caller: callerToken }),
      }));
    const all =
      token === undefined ? placements : [...placements, authorization(`Bearer ${token}`)];
    const placed = all.reduce(place, bare);
    // Taken down before, since custom code may as well change what it is given.
    const before = new Headers(placed.headers);
    const final = (await custom?.(placed, caller)) ?? placed;
    const added = addedSecrets(before, final.headers);
    const secrets = [...(token === undefined ? [] : [token]), ...added];
    return { request: final, ...(token !== undefined && { token }), secrets };
  };
}

/** Custom code may stand in for what the environment does not have. */
function chooseOr(
  security: readonly SecurityRequirement[] | undefined,
  credentials: UpstreamCredentials,
  custom: CustomCredential | undefined,
): Choice {
  try {
    return choose(security, credentials);
  } catch (error) {
    if (custom === undefined || !(error instanceof CredentialsError)) throw error;
    return { placements: [] };
  }
}

function addedSecrets(before: Headers, after: Headers): string[] {
  return [...after]
    .filter(([name, value]) => before.get(name) !== value && isTellingHeader(name))
    .map(([, value]) => value);
}
