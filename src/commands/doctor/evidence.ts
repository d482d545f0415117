import type { Fetch } from '../../net/reach.js';
import { fetchDocument, type FetchedDocument } from '../../net/fetch-document.js';
import { fetchMetadata, type MetadataAnswer } from '../../net/metadata.js';

type Json = Readonly<Record<string, unknown>>;

/** What an authorization server says of itself. */
export interface Evidence {
  readonly issuer: URL;
  /** As it was written: identifiers are compared byte for byte. */
  readonly issuerText: string;
  /** What each place answered, in the order in which clients ask. */
  readonly answers: readonly MetadataAnswer[];
  /** The first document that there is. */
  readonly metadata?: Json;
  /** The key set; absent when no place for it is named. */
  readonly keys?: FetchedDocument;
}

/** Asks an authorization server for all that it publishes. Never rejects. */
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

/** A member that is a text. */
export function textIn(metadata: Json, name: string): string | undefined {
  const value = metadata[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A member that is a list of texts; absent when it is anything else. */
export function listIn(metadata: Json, name: string): readonly string[] | undefined {
  const value = metadata[name];
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? value
    : undefined;
}
