import { createFetch, type Fetch } from '../../net/reach.js';
import { fetchDocument } from '../../net/fetch-document.js';
import { fetchMetadata } from '../../net/metadata.js';
import { reportOn, type IssuerReport } from './issuer-report.js';

/** Asks an authorization server who it is, at the places where clients look. Never rejects. */
export async function checkIssuer(issuer: string): Promise<IssuerReport> {
  const fetch = createFetch(new URL(issuer));
  const answers = await fetchMetadata(new URL(issuer), fetch);
  const found = answers.find(({ document }) => document !== undefined);
  if (found?.document === undefined) {
    const concerns = answers.map(({ url, problem }) => `No metadata at ${url}: ${problem ?? ''}.`);
    return { issuer, ok: false, facts: [], concerns };
  }
  return reportOn(issuer, found.document, await fetchKeys(found.document['jwks_uri'], fetch));
}

async function fetchKeys(url: unknown, fetch: Fetch) {
  if (typeof url !== 'string') return undefined;
  if (!URL.canParse(url)) return 'jwks_uri is no URL';
  const { document, problem } = await fetchDocument(url, fetch);
  return document ?? problem;
}
