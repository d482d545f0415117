import { decodeJwt } from 'jose';
import type { Fetch } from '../../net/reach.js';
import { fail, pass, skip, warn, type Check } from './check.js';
import { textIn } from './evidence.js';
import { faultOf, send } from '../../net/post.js';
import { redirectUri, register, unregister } from './registration.js';

type Json = Readonly<Record<string, unknown>>;

/** A client to try things with. */
export interface ProbeClient {
  readonly id: string;
  /** With one, tokens can be had without a user (client credentials). */
  readonly secret?: string;
}

export interface ProbeOptions {
  readonly fetch: Fetch;
  readonly metadata: Json;
  readonly resource?: string;
  readonly needed: readonly string[];
  /** Absent: one is registered for the purpose. */
  readonly client?: ProbeClient;
}

/** Nobody's: a server that reads `resource` refuses it. */
const foreignResource = 'https://doctor.invalid/mcp';

/** Tries what metadata cannot tell: whether clients can register, and whether tokens are for the resource. */
export async function probe(options: ProbeOptions): Promise<readonly Check[]> {
  const { metadata, client, fetch } = options;
  if (client !== undefined) return [await probeResource(options, client)];
  const endpoint = textIn(metadata, 'registration_endpoint');
  if (endpoint === undefined)
    return [
      skip(
        'resource',
        'There is no client to try it with.',
        'Name one with --client-id, its secret in OAUTH_CLIENT_SECRET.',
      ),
    ];
  const answer = await register(endpoint, fetch);
  const id = textIn(answer.body, 'client_id');
  if (id === undefined)
    return [
      fail(
        'registration',
        `Offered, and refused: ${faultOf(answer)}.`,
        'Let clients register without a token of their own, or do not offer it.',
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
    return skip('resource', 'The resource is not known.', 'Name it with --resource-url.');
  const byToken =
    client.secret === undefined
      ? undefined
      : await probeToken(options, resource, client.id, client.secret);
  return byToken ?? (await probeRequest(options, resource, client.id));
}

/** A token of the client's own shows what the provider makes of `resource`; undefined when it gives none. */
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
      'Let it issue JWTs for this resource; or set OAUTH_TOKEN_FORMAT=opaque, and the server asks about each token.',
    );
  return audience.includes(resource)
    ? pass('resource', 'A token came back as a JWT for this resource.')
    : fail(
        'resource',
        `A token came back for ${audience.join(', ') || 'no audience'}, not for ${resource}.`,
        'Let it read resource (RFC 8707); where it cannot, set OAUTH_AUDIENCE to what it writes.',
      );
}

function audienceOf(token: string): string[] | undefined {
  try {
    return [decodeJwt(token).aud ?? []].flat();
  } catch {
    return undefined;
  }
}

/** Without a user there is no token; but whoever reads `resource` refuses one that is not known (RFC 8707 section 2). */
async function probeRequest(options: ProbeOptions, resource: string, id: string): Promise<Check> {
  const [ours, foreign] = await Promise.all(
    [resource, foreignResource].map((name) => requestFault(options, id, name)),
  );
  if (ours === 'invalid_target') return unknownResource(resource);
  if (ours !== undefined)
    return skip(
      'resource',
      `The authorization request was refused: ${ours}.`,
      `Register ${redirectUri} for the client, and allow it this grant.`,
    );
  if (foreign === 'invalid_target')
    return pass('resource', 'This resource is known, and others are not.');
  return warn(
    'resource',
    'Nothing shows that resource is read: another one was not refused either.',
    'Sign in with openapi-to-mcp call, and give the token to --token: its aud tells.',
  );
}

/** The error of an authorization request; undefined when a user would be asked to sign in. */
async function requestFault(
  { metadata, fetch }: ProbeOptions,
  id: string,
  resource: string,
): Promise<string | undefined> {
  const url = new URL(textIn(metadata, 'authorization_endpoint') ?? '');
  for (const [name, value] of Object.entries({
    response_type: 'code',
    client_id: id,
    redirect_uri: redirectUri,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 'doctor',
    resource,
  }))
    url.searchParams.set(name, value);
  const answer = await send(fetch, url);
  const location = answer.headers.get('Location');
  const back = location === null ? undefined : new URL(location, url).searchParams.get('error');
  if (back !== undefined && back !== null) return back;
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
