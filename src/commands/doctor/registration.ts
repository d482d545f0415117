import { parseUrl } from '../../../templates/src/runtime/text.js';
import type { JsonObject } from '../../json.js';
import type { Fetch } from '../../net/reach.js';
import { textIn } from '../../net/metadata.js';
import { clientMetadata } from '../../net/callback.js';
import { send, unsent, type Answer } from '../../net/post.js';

/** The redirect URI of the doctor's clients; nothing listens there. */
export const redirectUri = 'http://127.0.0.1/callback';

/** Registers a client as MCP clients do (RFC 7591 section 3.1). */
export function register(
  endpoint: string,
  fetch: Fetch,
  redirectUris: readonly string[] = [redirectUri],
): Promise<Answer> {
  return send(fetch, endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(clientMetadata('doctor', redirectUris)),
  });
}

/** Asks for the sign-in of a client, as its user's browser would (RFC 6749 section 4.1.1). */
export async function requestSignIn(
  metadata: JsonObject,
  parameters: {
    readonly client_id: string;
    readonly redirect_uri: string;
    readonly resource?: string;
  },
  fetch: Fetch,
): Promise<Answer> {
  const endpoint = textIn(metadata, 'authorization_endpoint') ?? '';
  const url = parseUrl(endpoint);
  if (url === undefined) return unsent('authorization_endpoint is not a URL');
  for (const [name, value] of Object.entries({
    response_type: 'code',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 'doctor',
    ...parameters,
  }))
    url.searchParams.set(name, value);
  return send(fetch, url);
}

/** Removes the client again (RFC 7592 section 2.3). Resolves to whether the server supported it and it worked. */
export async function unregister(registration: JsonObject, fetch: Fetch): Promise<boolean> {
  const uri = textIn(registration, 'registration_client_uri');
  const token = textIn(registration, 'registration_access_token');
  if (uri === undefined || token === undefined) return false;
  const { status } = await send(fetch, uri, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
  });
  return status === 204;
}
