import { parseUrl } from '../../../templates/src/runtime/text.js';
import type { JsonObject } from '../../json.js';
import { decodeJwt } from 'jose';
import type { Fetch } from '../../net/reach.js';
import { fail, pass, skip, warn, type Check } from './check.js';
import { textIn } from '../../net/metadata.js';
import { faultOf, send } from '../../net/post.js';
import { redirectUri, register, requestSignIn, unregister } from './registration.js';

/** The client that makes the probes. */
interface ProbeClient {
  readonly id: string;
  /** With a secret, tokens are available without a user (client credentials). */
  readonly secret?: string | undefined;
}

interface ProbeOptions {
  readonly fetch: Fetch;
  readonly metadata: JsonObject;
  readonly resource?: string | undefined;
  readonly needed: readonly string[];
  /** Absent: a client is registered for the probe. */
  readonly client?: ProbeClient | undefined;
}

/** An unregistered resource: a server that supports `resource` refuses it. */
const foreignResource = 'https://doctor.invalid/mcp';

/** Tries what metadata cannot show: whether clients can register, and whether tokens are issued for the resource. */
export async function probe(options: ProbeOptions): Promise<readonly Check[]> {
  const { metadata, client, fetch } = options;
  if (client !== undefined) return [await probeResource(options, client)];
  const endpoint = textIn(metadata, 'registration_endpoint');
  if (endpoint === undefined)
    return [
      skip(
        'resource',
        'There is no client to try it with.',
        'Pass one with --client-id, and its secret in OAUTH_CLIENT_SECRET.',
      ),
    ];
  const answer = await register(endpoint, fetch);
  const id = textIn(answer.body, 'client_id');
  if (id === undefined)
    return [
      fail(
        'registration',
        `Announced, but refused: ${faultOf(answer)}.`,
        'Allow registration without an initial access token, or do not announce it.',
      ),
      skip('resource', 'There is no client to try it with.'),
    ];
  const resource = await probeResource(options, { id });
  const removed = await unregister(answer.body, fetch);
  return [
    pass(
      'registration',
      removed
        ? 'A client could register; it was removed again.'
        : 'A client could register: "openapi-to-mcp doctor", which you may remove.',
    ),
    resource,
  ];
}

async function probeResource(options: ProbeOptions, client: ProbeClient): Promise<Check> {
  const { resource } = options;
  if (resource === undefined)
    return skip('resource', 'The resource is not known.', 'Pass it with --resource-url.');
  const byToken =
    client.secret === undefined
      ? undefined
      : await probeToken(options, resource, client.id, client.secret);
  return byToken ?? (await probeRequest(options, resource, client.id));
}

/** A token for the client itself shows how the provider treats `resource`; undefined if it does not issue one. */
async function probeToken(
  { metadata, needed, fetch }: ProbeOptions,
  resource: string,
  id: string,
  secret: string,
): Promise<Check | undefined> {
  const answer = await send(fetch, textIn(metadata, 'token_endpoint') ?? '', {
    method: 'POST',
    headers: {
      Authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`,
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      resource,
      ...(needed.length > 0 && { scope: needed.join(' ') }),
    }),
  });
  const token = textIn(answer.body, 'access_token');
  if (token === undefined)
    return answer.body['error'] === 'invalid_target' ? unknownResource(resource) : undefined;
  const audience = audienceOf(token);
  if (audience === undefined)
    return fail(
      'resource',
      'The token is opaque.',
      'Make it issue JWTs for this resource; or set OAUTH_TOKEN_FORMAT=opaque, so that the server introspects each token.',
    );
  return audience.includes(resource)
    ? pass('resource', 'It issued a JWT for this resource.')
    : fail(
        'resource',
        `It issued a token for ${audience.join(', ') || 'no audience'}, not for ${resource}.`,
        'Enable the resource parameter (RFC 8707); if that is impossible, set OAUTH_AUDIENCE to the audience that it issues.',
      );
}

function audienceOf(token: string): string[] | undefined {
  try {
    return [decodeJwt(token).aud ?? []].flat();
  } catch {
    return undefined;
  }
}

/**
 * Without a user there is no token, but a server that supports `resource` refuses an unknown one (RFC 8707 section 2).
 */
async function probeRequest(options: ProbeOptions, resource: string, id: string): Promise<Check> {
  const [ours, foreign] = await Promise.all(
    [resource, foreignResource].map((name) => requestFault(options, id, name)),
  );
  if (ours === 'invalid_target') return unknownResource(resource);
  if (ours !== undefined)
    return skip(
      'resource',
      `The authorization request was refused: ${ours}.`,
      `Register ${redirectUri} for the client, and allow the grant.`,
    );
  if (foreign === 'invalid_target')
    return pass('resource', 'This resource is accepted, and an unknown one is refused.');
  return warn(
    'resource',
    'The server may ignore resource: an unknown one was not refused either.',
    'Sign in with openapi-to-mcp call, and pass the token with --token: its aud shows it.',
  );
}

/** The error of an authorization request; undefined if the server would ask the user to sign in. */
async function requestFault(
  { metadata, fetch }: ProbeOptions,
  id: string,
  resource: string,
): Promise<string | undefined> {
  const parameters = { client_id: id, redirect_uri: redirectUri, resource };
  const answer = await requestSignIn(metadata, parameters, fetch);
  const location = answer.headers.get('Location');
  const target = location === null ? undefined : parseUrl(location, redirectUri);
  const back = target?.searchParams.get('error');
  if (typeof back === 'string') return back;
  if (answer.status >= 400 || answer.status === 0)
    return textIn(answer.body, 'error') ?? faultOf(answer);
  return undefined;
}

function unknownResource(resource: string): Check {
  return fail(
    'resource',
    `It does not know ${resource} (invalid_target).`,
    'Create it there, with exactly this identifier.',
  );
}
