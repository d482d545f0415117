import { fetchJson, Unreachable } from '../fetch-json.js';
import type { Fetch } from '../http-client.js';
import { authenticateClient, type OAuthClient } from './client-authentication.js';
import { CredentialsError } from './error.js';
import type { UpstreamToken } from './token-cache.js';

/** What a token endpoint is asked with. */
export interface Grant {
  readonly url: string;
  readonly client: OAuthClient;
  readonly parameters: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 10_000;
/** Of a token that does not say how long it is good for (RFC 6749 section 5.1 only recommends it). */
const UNKNOWN_LIFETIME_S = 300;

/** Asks for a token (RFC 6749 section 3.2). @throws CredentialsError with the endpoint's error code. */
export async function requestToken(
  fetch: Fetch,
  { url, client, parameters }: Grant,
): Promise<UpstreamToken> {
  const asked = Date.now();
  const request = await authenticateClient(client, url, parameters);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { status, body = {} } = await fetchJson(fetch, url, { ...request, signal }).catch(rethrow);
  if (status !== 200) throw failed(codeOf(status, body));
  const { access_token: value, token_type: type, expires_in: lifetime } = body;
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  // A token that cannot be a header would break the request, and one of another type is bound to something.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || !isBearer)
    throw failed('no_bearer_token');
  const seconds = Number(lifetime ?? UNKNOWN_LIFETIME_S);
  return { value, expiresAt: asked + (Number.isFinite(seconds) ? seconds : 0) * 1000 };
}

function rethrow(error: unknown): never {
  throw error instanceof Unreachable ? failed('unreachable') : error;
}

function failed(code: string): CredentialsError {
  return new CredentialsError(
    'This tool was not called: the authorization server of the API gave this server no access token ' +
      `(${code}). Whoever runs this server can find out why.`,
    code,
  );
}

/**
 * A code as all registered ones are written (RFC 6749 section 11.4), so that nothing that was sent can come back as
 * one, and the number that Entra ID hides in the description.
 */
function codeOf(
  status: number,
  { error, error_description: description }: Record<string, unknown>,
): string {
  const code =
    typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : `status ${status}`;
  const [detail] = (typeof description === 'string' && /\bAADSTS\d{1,9}\b/.exec(description)) || [];
  return detail === undefined ? code : `${code} ${detail}`;
}
