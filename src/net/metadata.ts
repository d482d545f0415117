import type { Fetch } from './reach.js';
import { fetchDocument } from './fetch-document.js';

/** A place where clients look (RFC 8414 section 3.1, OpenID Connect Discovery section 4). */
export interface MetadataPlace {
  readonly form: 'RFC 8414' | 'OpenID Connect' | 'OpenID Connect, path inserted';
  readonly url: string;
}

/** What a place answered. `problem` says in half a sentence why there is no document. */
export type MetadataAnswer = MetadataPlace & { readonly status?: number } & (
    | { readonly document: Readonly<Record<string, unknown>>; readonly problem?: undefined }
    | { readonly document?: undefined; readonly problem: string }
  );

/**
 * The places in the order in which the MCP specification has clients try them: with a path in the issuer there are
 * three, without one there are two.
 */
export function metadataPlaces(issuer: URL): readonly MetadataPlace[] {
  const path = issuer.pathname.replace(/\/$/, '');
  const at = (pathname: string) => new URL(pathname, issuer.origin).href;
  return [
    { form: 'RFC 8414', url: at(`/.well-known/oauth-authorization-server${path}`) },
    ...(path === ''
      ? []
      : [
          {
            form: 'OpenID Connect, path inserted' as const,
            url: at(`/.well-known/openid-configuration${path}`),
          },
        ]),
    { form: 'OpenID Connect', url: at(`${path}/.well-known/openid-configuration`) },
  ];
}

/** Asks every place, at the same time. Never rejects. */
export function fetchMetadata(issuer: URL, fetch: Fetch): Promise<readonly MetadataAnswer[]> {
  return Promise.all(
    metadataPlaces(issuer).map(async (place) => ({
      ...place,
      ...(await fetchDocument(place.url, fetch)),
    })),
  );
}
