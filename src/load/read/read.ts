import { InputError } from '../../errors.js';
import type { LoadOptions } from '../document.js';
import { limits as defaults, type Limits } from '../limits.js';
import { display, unreadable } from './location.js';
import { readFileBytes } from './read-file.js';

/** The bytes of one document and its final URL, after redirects. */
export interface Source {
  readonly url: URL;
  readonly bytes: Uint8Array;
}

/** Reads one document; throws an InputError when it cannot. */
export type Read = (url: URL) => Promise<Source>;

/** The context of reading one document: the options of the run and the rest of its limits. */
export interface ReadContext extends Pick<Limits, 'redirects'> {
  /** Headers, and the one origin they are for; undefined where the user did not name the document. */
  readonly headers: Headers | undefined;
  readonly origin: string | undefined;
  /** Whether a URL may be private: the user named its origin, or trusts the document. */
  readonly trusts: (url: URL) => boolean;
  readonly signal: AbortSignal;
  /** Counts bytes; throws when there are too many. */
  readonly count: (bytes: number) => void;
}

/**
 * Creates the reader of one run, for a document (`root`) and the documents that the user named, which normally
 * include it. Its limits apply to all documents of the run together, except `time`, which applies to each.
 */
export function createReader(
  { root, named: byUser }: { readonly root: URL; readonly named: readonly URL[] },
  options: LoadOptions,
  limits: Limits = defaults,
): Read {
  const headers = headersOf(options);
  const named = new Set(byUser.map(({ origin }) => origin));
  const origin = named.has(root.origin) ? root.origin : undefined;
  const trusts = ({ origin }: URL) => options.allowPrivate === true || named.has(origin);
  const end = performance.now() + limits.wholeTime;
  let bytes = 0;
  let files = 0;
  return async (url) => {
    options.signal?.throwIfAborted();
    options.onProgress?.(`Reading ${display(url)}`);
    files += 1;
    if (files > limits.files) throw tooManyFiles(url, limits.files);
    const count = (more: number) => {
      bytes += more;
      if (bytes > limits.bytes) throw tooLarge(url, `${limits.bytes / 1024 / 1024} MiB`);
    };
    const time = Math.max(0, Math.floor(Math.min(limits.time, end - performance.now())));
    const timeout = AbortSignal.timeout(time);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    try {
      const { redirects } = limits;
      const context = { headers, origin, trusts, signal, count, redirects };
      return await readFrom(url, context);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw timeout.aborted && !(error instanceof InputError) ? tooSlow(url, limits, time) : error;
    }
  };
}

/** Loaded lazily: the HTTP client takes longer to load than most documents take to read. */
async function readFrom(url: URL, context: ReadContext): Promise<Source> {
  if (url.protocol === 'file:') return readFileBytes(url, context);
  const { fetchBytes } = await import('./fetch.js');
  return fetchBytes(url, context);
}

/** Undefined without any: Node loads its HTTP client for the first `Headers`, which no file needs. */
function headersOf({ headers }: LoadOptions): Headers | undefined {
  if (headers === undefined || Object.keys(headers).length === 0) return undefined;
  try {
    return new Headers({ ...headers });
  } catch {
    throw new InputError({
      code: 'INVALID_HEADER',
      // The reason would repeat the value, which may be a credential.
      message: 'A header has a name or value that HTTP does not allow.',
      place: '--header',
      remedy: "Write it as 'Name: value', on one line.",
    });
  }
}

function tooLarge(url: URL, bound: string): InputError {
  const message = `The document at ${display(url)}, with all files it refers to, is larger than ${bound}.`;
  const remedy = 'Split the document, or generate from the part you need.';
  return unreadable('SOURCE_TOO_LARGE', message, remedy);
}

function tooManyFiles(url: URL, files: number): InputError {
  const message = `The document consists of more than ${files} files; ${display(url)} is one too many.`;
  return unreadable('TOO_MANY_FILES', message, 'Bundle the documents into one.');
}

function tooSlow(url: URL, limits: Limits, time: number): InputError {
  const message =
    time < limits.time
      ? `The documents were not read within ${limits.wholeTime / 1000} seconds; ${display(url)} was being read.`
      : `${display(url)} was not read within ${limits.time / 1000} seconds.`;
  const remedy = 'Download the document and use the file.';
  return unreadable('SOURCE_TIMEOUT', message, remedy);
}
