import type { JsonObject } from '../../../json.js';
import type { Fetch } from '../../../net/reach.js';
import { textIn } from '../../../net/metadata.js';
import { faultOf } from '../../../net/post.js';
import { register, requestSignIn, unregister } from '../registration.js';
import { redirectUrisOf } from '../../../clients.js';
import type { Host } from './hosts.js';
import type { Redirects } from './subject.js';

interface Attempt {
  readonly host: Host;
  readonly metadata: JsonObject;
  readonly fetch: Fetch;
  /** A client that the host uses; absent: one is registered as the host would do it. */
  readonly clientId: string | undefined;
}

/** Tries the redirect URIs of a host. Undefined if that is impossible. */
export async function tryRedirects(attempt: Attempt): Promise<Redirects | undefined> {
  const uris = redirectUrisOf(attempt.host);
  if (uris.length === 0) return undefined;
  return attempt.clientId === undefined
    ? tryRegistration(attempt, uris)
    : tryClient(attempt, attempt.clientId, uris);
}

async function tryRegistration(
  { metadata, fetch }: Attempt,
  uris: readonly string[],
): Promise<Redirects | undefined> {
  const endpoint = textIn(metadata, 'registration_endpoint');
  if (endpoint === undefined) return undefined;
  const answer = await register(endpoint, fetch, uris);
  if (textIn(answer.body, 'client_id') === undefined)
    return { accepted: false, fault: `a registration with them failed: ${faultOf(answer)}` };
  const isRemoved = await unregister(answer.body, fetch);
  const rest = isRemoved ? 'it was removed again' : '"openapi-to-mcp doctor", which you may remove';
  return { accepted: true, how: `A client with ${uris.join(', ')} could register; ${rest}.` };
}

/**
 * RFC 6749 section 3.1.2.4: a server must not redirect users to a URI that is not the client's; it shows an error
 * instead.
 */
async function tryClient(
  { metadata, fetch }: Attempt,
  id: string,
  uris: readonly string[],
): Promise<Redirects> {
  for (const uri of uris) {
    const parameters = { client_id: id, redirect_uri: uri };
    const answer = await requestSignIn(metadata, parameters, fetch);
    if (answer.status === 0 || answer.status >= 400)
      return { accepted: false, fault: `${uri} for the client ${id}: ${faultOf(answer)}` };
  }
  return { accepted: true, how: `The client ${id} may use ${uris.join(', ')}.` };
}
