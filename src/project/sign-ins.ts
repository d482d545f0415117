import { object, text, type Json, type JsonObject } from '../json.js';
import { webUrl } from '../plan/servers/server-url.js';
import { resolve } from '../pointer.js';

/** A security scheme whose tokens a user gets with a browser: the authorization code flow, or OpenID Connect. */
export type SignInScheme = {
  /** Its name in the document. */
  readonly scheme: string;
} & (
  | {
      readonly authorizationUrl: string;
      readonly tokenUrl: string;
      /** The URL of the authorization server's metadata (RFC 8414), if the document has it (OpenAPI 3.2). */
      readonly metadataUrl?: string | undefined;
    }
  | { readonly discoveryUrl: string }
);

/** The schemes of a document that a user can sign in with; its URLs are relative to `documentUrl`. */
export function signInsOf(openapi: JsonObject, documentUrl?: string): SignInScheme[] {
  const schemes = Object.entries(object(object(openapi['components'])['securitySchemes']));
  return schemes.flatMap(([name, value]): SignInScheme[] => {
    const scheme = resolve(openapi, value);
    const url = (value: Json | undefined) => webUrl(text(value), documentUrl)?.href;
    const discoveryUrl = url(scheme['openIdConnectUrl']);
    if (scheme['type'] === 'openIdConnect' && discoveryUrl !== undefined)
      return [{ scheme: name, discoveryUrl }];
    const flow = object(object(scheme['flows'])['authorizationCode']);
    const [authorizationUrl, tokenUrl] = [url(flow['authorizationUrl']), url(flow['tokenUrl'])];
    if (scheme['type'] !== 'oauth2' || authorizationUrl === undefined || tokenUrl === undefined)
      return [];
    const metadataUrl = url(scheme['oauth2MetadataUrl']);
    return [{ scheme: name, authorizationUrl, tokenUrl, metadataUrl }];
  });
}
