import { fetch, Headers, type Response } from 'undici';
import { codeOf, InputError } from '../../errors.js';
import { hasPrivateAddress, PRIVATE_ADDRESS } from '../../../templates/src/runtime/fetch-public.js';
import { decodePercent, parseUrl } from '../../../templates/src/runtime/text.js';
import { guardedAgent, openAgent } from '../../net/guarded-agent.js';
import { display, mayLead, unreadable, withoutCredentials } from './location.js';
import type { ReadContext, Source } from './read.js';

const accept = 'application/json, application/yaml, text/yaml;q=0.9, text/plain;q=0.8, */*;q=0.5';

/**
 * Fetches a document. Redirects are followed here because headers must not go to another origin; fetch itself would
 * drop only the headers that it knows to be credentials, and would follow a redirect from https to http.
 */
export async function fetchBytes(start: URL, context: ReadContext): Promise<Source> {
  let url = start;
  for (let left = context.redirects; left >= 0; left -= 1) {
    const response = await request(url, context);
    const next = redirectOf(response, url);
    if (!next) return { url: withoutUser(url), bytes: await bodyOf(response, url, context) };
    await response.body?.cancel();
    if (!mayLead(url, next)) throw refused(url, next);
    url = next;
  }
  throw failure('TOO_MANY_REDIRECTS', start, `redirects more than ${context.redirects} times`);
}

async function request(url: URL, context: ReadContext): Promise<Response> {
  const headers = headersFor(url, context);
  const guarded = !context.trusts(url);
  if (guarded && hasPrivateAddress(url)) throw atPrivateAddress(url);
  try {
    return await fetch(withoutUser(url), {
      headers,
      redirect: 'manual',
      signal: context.signal,
      dispatcher: guarded ? await guardedAgent(url) : openAgent(),
    });
  } catch (error) {
    throw asProblem(url, error);
  }
}

function headersFor(url: URL, context: ReadContext): Headers {
  const headers = new Headers(
    url.origin === context.origin ? [...(context.headers ?? [])] : undefined,
  );
  if (!headers.has('accept')) headers.set('accept', accept);
  if (url.username !== '' && !headers.has('authorization')) {
    const user = `${decodePercent(url.username)}:${decodePercent(url.password)}`;
    headers.set('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
  }
  return headers;
}

/** `fetch` refuses a URL with a user name, and references must not repeat it. */
function withoutUser(url: URL): URL {
  const bare = new URL(withoutCredentials(url.href));
  bare.hash = '';
  return bare;
}

function redirectOf(response: Response, url: URL): URL | undefined {
  const location = response.headers.get('location');
  if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return undefined;
  const target = parseUrl(location, url);
  if (target === undefined) throw failure('SOURCE_UNREACHABLE', url, 'redirects nowhere');
  return target;
}

async function bodyOf(response: Response, url: URL, context: ReadContext): Promise<Uint8Array> {
  if (!response.ok) {
    await response.body?.cancel();
    throw statusProblem(response.status, url);
  }
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) {
      const part: unknown = chunk;
      if (!(part instanceof Uint8Array)) continue;
      context.count(part.length);
      chunks.push(part);
    }
  } catch (error) {
    throw asProblem(url, error);
  }
  return Buffer.concat(chunks);
}

function statusProblem(status: number, url: URL): InputError {
  const denied = status === 401 || status === 403;
  const remedy = denied
    ? "Send credentials with --header 'Authorization: …', or download the document and use the file."
    : 'Check the URL; it should return the OpenAPI document itself.';
  const message = `${display(url)} returned status ${status}.`;
  const code = status === 404 || status === 410 ? 'SOURCE_NOT_FOUND' : 'SOURCE_HTTP_STATUS';
  return unreadable(code, message, remedy);
}

function refused(from: URL, to: URL): InputError {
  const message = `${display(from)} redirects to ${display(to)}, which is not allowed.`;
  const remedy = 'Use the final URL, if you trust it.';
  return unreadable('REDIRECT_FORBIDDEN', message, remedy);
}

function atPrivateAddress(url: URL): InputError {
  const message = `${display(url)} is on this machine or in a private network, and was not named on the command line.`;
  const remedy =
    'Name it with --url, or pass --allow-private if you trust the document that refers to it.';
  return unreadable(PRIVATE_ADDRESS, message, remedy);
}

function failure(code: string, url: URL, what: string): InputError {
  const remedy = 'Check the URL and the network, or download the document and use the file.';
  return unreadable(code, `${display(url)} ${what}.`, remedy);
}

/** `fetch` reports only "fetch failed"; the reason is in the cause. */
function asProblem(url: URL, error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  if (error.cause instanceof InputError) return error.cause;
  const code = codeOf(error.cause);
  if (code === PRIVATE_ADDRESS) return atPrivateAddress(url);
  const reason = code === undefined ? '' : ` (${code})`;
  return failure('SOURCE_UNREACHABLE', url, `cannot be reached${reason}`);
}
