import type { JsonObject } from '../../json.js';
import type { Fetch } from '../../net/reach.js';
import { textIn } from './evidence.js';
import { send, type Answer } from '../../net/post.js';

/** The redirect URI of the doctor's clients; nothing listens there. */
export const redirectUri = 'http://127.0.0.1/callback';

/** Registers a client as MCP clients do (RFC 7591 section 3.1). */
export function register(
  endpoint: string,
  fetch: Fetch,
  redirectUris: readonly string[] = [redirectUri],
): Promise<Answer> {
  // OpenID Connect Registration section 2: web clients need https URIs, and native ones may use http on loopback only.
  const isWeb = redirectUris.every((uri) => uri.startsWith('https:'));
  return send(fetch, endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_name: 'openapi-to-mcp doctor',
      redirect_uris: redirectUris,
      application_type: isWeb ? 'web' : 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
  });
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
