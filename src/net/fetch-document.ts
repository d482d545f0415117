import { parseUrl } from '../../templates/src/runtime/text.js';
import { isRedirect } from '../../templates/src/runtime/upstream/transport.js';
import { isObject, parseJson, type JsonObject } from '../json.js';
import { InputError } from '../errors.js';
import type { Fetch } from './reach.js';

/** The timeout of a response, in milliseconds, and its maximum size, in bytes. */
const patience = 10_000;
const maxBytes = 1 << 20;

/** A fetched JSON object, or the reason for its absence as half a sentence. */
export type FetchedDocument = { readonly status?: number } & (
  | { readonly document: JsonObject; readonly problem?: undefined }
  | { readonly document?: undefined; readonly problem: string }
);

/** Fetches a JSON object. Redirects are not followed: clients need not follow them. Never rejects. */
export async function fetchDocument(url: string, fetch: Fetch): Promise<FetchedDocument> {
  if (!parseUrl(url)) return { problem: 'not a URL' };
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(patience),
    });
    const { status } = response;
    if (status !== 200) {
      await response.body?.cancel();
      return { status, problem: statusOf(response) };
    }
    return { status, ...parse(await readText(response)) };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error('longer than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(content: string): FetchedDocument {
  const document = parseJson(content);
  if (document === undefined) return { problem: 'not JSON' };
  return isObject(document) ? { document } : { problem: 'not a JSON object' };
}

/** A status, and where a redirect leads, which is never followed. */
export function statusOf({ status, headers }: Pick<Response, 'status' | 'headers'>): string {
  const location = isRedirect(status) ? headers.get('Location') : null;
  return `status ${status}${location === null ? '' : `, to ${location}`}`;
}

/** Whether a request failed because of a certificate (X.509), by Node's code or OpenSSL's words. */
export function isAboutCertificate(problem: string): boolean {
  return /CERT|self.signed|SIGNATURE/i.test(problem);
}

/** Why a request failed: the cause that Node's `fetch failed` hides, for example `ECONNREFUSED`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof InputError) return error.message.replace(/\.$/, '');
  if (error.name === 'TimeoutError') return `no response within ${patience / 1000} s`;
  const { cause } = error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  if (cause instanceof Error) return reasonOf(cause);
  if ('code' in error && typeof error.code === 'string') return error.code;
  // `fetch` refuses a URL with credentials, and repeats it.
  return error.message.replace(/\/\/[^/@\s]*@/g, '//');
}
