import { metadataUrls } from '../../templates/src/runtime/oauth/verifier.js';
import { texts, type JsonObject } from '../json.js';
import type { Fetch } from './reach.js';
import { fetchDocument, type FetchedDocument } from './fetch-document.js';

/** A URL where clients look for metadata (RFC 8414 section 3.1, OpenID Connect Discovery section 4). */
interface MetadataPlace {
  readonly form: 'RFC 8414' | 'OpenID Connect' | 'OpenID Connect, path inserted';
  readonly url: string;
}

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

/** Everything that an authorization server publishes about itself. */
export interface Evidence {
  readonly issuer: URL;
  /** As given: identifiers are compared byte for byte. */
  readonly issuerText: string;
  /** The response from each metadata URL, in the order in which clients try them. */
  readonly answers: readonly (MetadataPlace & FetchedDocument)[];
  /** The first document found. */
  readonly metadata?: JsonObject | undefined;
  /** The key set; absent if the metadata has no jwks_uri. */
  readonly keys?: FetchedDocument | undefined;
}

/** Fetches everything that an authorization server publishes. Never rejects. */
export async function gather(issuerText: string, issuer: URL, fetch: Fetch): Promise<Evidence> {
  const answers = await Promise.all(
    metadataPlaces(issuer).map(async (place) => ({
      ...place,
      ...(await fetchDocument(place.url, fetch)),
    })),
  );
  const metadata = answers.find(({ document }) => document !== undefined)?.document;
  const place = metadata?.['jwks_uri'];
  return {
    issuer,
    issuerText,
    answers,
    metadata,
    keys: typeof place === 'string' ? await fetchDocument(place, fetch) : undefined,
  };
}

type Holder = Readonly<Record<string, unknown>>;

/** A member that is a string and not empty. */
export function textIn(holder: Holder, name: string): string | undefined {
  const value = holder[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A member that is a list of strings; undefined if it is anything else. */
export function listIn(holder: Holder, name: string): readonly string[] | undefined {
  const value = holder[name];
  return Array.isArray(value) && texts(value).length === value.length ? texts(value) : undefined;
}
