import { metadataUrls } from '../../templates/src/runtime/oauth/verifier.js';
import type { Fetch } from './reach.js';
import { fetchDocument, type FetchedDocument } from './fetch-document.js';

/** A URL where clients look for metadata (RFC 8414 section 3.1, OpenID Connect Discovery section 4). */
interface MetadataPlace {
  readonly form: 'RFC 8414' | 'OpenID Connect' | 'OpenID Connect, path inserted';
  readonly url: string;
}

/** The response from one URL. */
export type MetadataAnswer = MetadataPlace & FetchedDocument;

/**
 * The URLs in the order in which clients must try them (MCP specification): three for an issuer with a path, two
 * without.
 */
export function metadataPlaces(issuer: URL): readonly MetadataPlace[] {
  const [first = '', ...others] = metadataUrls(issuer.href);
  const last = others.at(-1) ?? '';
  return [
    { form: 'RFC 8414', url: first },
    ...others.slice(0, -1).map((url) => ({ form: 'OpenID Connect, path inserted' as const, url })),
    { form: 'OpenID Connect', url: last },
  ];
}

/** Requests all URLs in parallel. Never rejects. */
export function fetchMetadata(issuer: URL, fetch: Fetch): Promise<readonly MetadataAnswer[]> {
  return Promise.all(
    metadataPlaces(issuer).map(async (place) => ({
      ...place,
      ...(await fetchDocument(place.url, fetch)),
    })),
  );
}
