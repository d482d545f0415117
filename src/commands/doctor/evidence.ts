import type { Fetch } from '../../net/reach.js';
import { fetchDocument, type FetchedDocument } from '../../net/fetch-document.js';
import { fetchMetadata, type MetadataAnswer } from '../../net/metadata.js';

type Json = Readonly<Record<string, unknown>>;

/** Everything that an authorization server publishes about itself. */
export interface Evidence {
  readonly issuer: URL;
  /** As given: identifiers are compared byte for byte. */
  readonly issuerText: string;
  /** The response from each metadata URL, in the order in which clients try them. */
  readonly answers: readonly MetadataAnswer[];
  /** The first document found. */
  readonly metadata?: Json;
  /** The key set; absent if the metadata has no jwks_uri. */
  readonly keys?: FetchedDocument;
}

/** Fetches everything that an authorization server publishes. Never rejects. */
export async function gather(issuerText: string, issuer: URL, fetch: Fetch): Promise<Evidence> {
  const answers = await fetchMetadata(issuer, fetch);
  const metadata = answers.find(({ document }) => document !== undefined)?.document;
  const place = metadata?.['jwks_uri'];
  return {
    issuer,
    issuerText,
    answers,
    ...(metadata !== undefined && { metadata }),
    ...(typeof place === 'string' && { keys: await fetchDocument(place, fetch) }),
  };
}

/** A member that is a string and not empty. */
export function textIn(metadata: Json, name: string): string | undefined {
  const value = metadata[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A member that is a list of strings; undefined if it is anything else. */
export function listIn(metadata: Json, name: string): readonly string[] | undefined {
  const value = metadata[name];
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? value
    : undefined;
}
