import type { AuthorizationServerMetadata } from '@modelcontextprotocol/client';
import { parseUrl } from '../../../templates/src/runtime/text.js';
import { InputError } from '../../errors.js';
import { fetchDocument } from '../../net/fetch-document.js';
import type { JsonObject } from '../../json.js';
import { listIn, metadataPlaces } from '../../net/metadata.js';
import type { Fetch } from '../../net/reach.js';
import type { SignInScheme } from '../../project/sign-ins.js';

/** What is known about the API's authorization server. */
export interface ApiServer {
  readonly metadata: AuthorizationServerMetadata;
  /** It publishes metadata that agrees with the document's endpoints. */
  readonly isPublished: boolean;
}

/** Combines the endpoints in the document with the server's metadata. @throws InputError */
export async function serverOf(scheme: SignInScheme, fetch: Fetch): Promise<ApiServer> {
  if ('discoveryUrl' in scheme) return discovered(scheme.discoveryUrl, fetch);
  const { authorizationUrl, tokenUrl, metadataUrl } = scheme;
  const places = metadataUrl === undefined ? guesses(authorizationUrl) : [metadataUrl];
  for (const place of places) {
    const { document } = await fetchDocument(place, fetch);
    // Metadata of another server would send the code, or the refresh token, somewhere else.
    const isIts =
      document?.['authorization_endpoint'] === authorizationUrl &&
      document['token_endpoint'] === tokenUrl;
    const metadata = isIts ? metadataIn(document) : undefined;
    if (metadata !== undefined) return { metadata, isPublished: true };
  }
  return { metadata: described(authorizationUrl, tokenUrl), isPublished: false };
}

/** The endpoints in the document, as metadata. */
function described(authorizationUrl: string, tokenUrl: string): AuthorizationServerMetadata {
  return {
    issuer: new URL(authorizationUrl).origin,
    authorization_endpoint: authorizationUrl,
    token_endpoint: tokenUrl,
    response_types_supported: ['code'],
  };
}

async function discovered(url: string, fetch: Fetch): Promise<ApiServer> {
  const { document, problem } = await fetchDocument(url, fetch);
  const metadata = document && metadataIn(document);
  if (metadata !== undefined) return { metadata, isPublished: true };
  throw new InputError({
    code: 'NO_METADATA',
    message: `The OpenID Connect document of the API cannot be used: ${problem ?? 'it does not contain the endpoints'}.`,
    place: url,
    remedy: 'Check openIdConnectUrl in the OpenAPI document.',
  });
}

/** The members of usable types: others count as missing. Undefined without those that a sign-in needs. */
function metadataIn(document: JsonObject): AuthorizationServerMetadata | undefined {
  const isUsable = ([name, value]: [string, unknown]) =>
    name.endsWith('_endpoint')
      ? typeof value === 'string' && parseUrl(value) !== undefined
      : !name.endsWith('_supported') || typeof value === 'boolean' || listIn(document, name);
  const usable = Object.fromEntries(Object.entries(document).filter(isUsable));
  const { issuer, authorization_endpoint, token_endpoint } = usable;
  const isWhole = [issuer, authorization_endpoint, token_endpoint].every(
    (one) => typeof one === 'string',
  );
  const metadata: unknown = { response_types_supported: ['code'], ...usable };
  return isWhole ? (metadata as AuthorizationServerMetadata) : undefined;
}

/** How many levels of the authorization endpoint's path are tried as issuers. */
const LEVELS = 3;

/** Where the metadata would be if the issuer's URL is a prefix of the authorization endpoint's. */
function guesses(authorizationUrl: string): string[] {
  const { origin, pathname } = new URL(authorizationUrl);
  const parts = pathname.split('/').filter((part) => part !== '');
  const levels = Math.min(parts.length, LEVELS + 1);
  const issuers = Array.from({ length: levels }, (_, count) =>
    [origin, ...parts.slice(0, count)].join('/'),
  );
  return issuers.flatMap((issuer) => metadataPlaces(new URL(issuer)).map(({ url }) => url));
}
