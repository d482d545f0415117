import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseUrl } from '../../../templates/src/runtime/text.js';
import { InputError, type Problem } from '../../errors.js';

/** Turns the user's input, a path or a URL, into a URL. */
export function locate(source: string, flag = '--url'): URL {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source) || /^file:/i.test(source)) return parse(source, flag);
  if (source.trim() === '') throw unusable('The name of the document is empty.', flag);
  if (source === '-') throw unusable('A document cannot be read from standard input.', flag);
  return pathToFileURL(resolve(source));
}

function parse(source: string, flag: string): URL {
  const url = parseUrl(source);
  if (!url) throw unusable('The address of the document is not a valid URL.', flag);
  if (!isReadable(url)) {
    throw unusable(`Documents cannot be read over ${url.protocol.slice(0, -1)}.`, flag);
  }
  return url;
}

function unusable(message: string, flag: string): InputError {
  const remedy = 'Use a file, a file: URL or an http(s) URL.';
  return new InputError({ code: 'SOURCE_UNSUPPORTED', message, place: flag, remedy });
}

/** Whether a URL leads over the network. */
export function isWeb(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}

/** Whether documents can be read over the scheme of a URL at all. */
export function isReadable(url: URL): boolean {
  return isWeb(url) || url.protocol === 'file:';
}

/**
 * A URL that is safe to show: the path for a file; for other URLs without user name, password, query and fragment,
 * since keys are often passed there.
 */
export function display(url: URL): string {
  if (url.protocol === 'file:') return pathOf(url) ?? url.href;
  const query = url.search === '' ? '' : '?…';
  return `${url.protocol}//${url.host}${url.pathname}${query}`;
}

/** The path of a file URL; undefined for one on another machine. */
function pathOf(url: URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** The user's input without a user name and password. */
export function withoutCredentials(source: string): string {
  const url = parseUrl(source);
  if (!url || (url.username === '' && url.password === '')) return source;
  url.username = '';
  url.password = '';
  return url.href;
}

/**
 * A URL relative to the document at `root`, so that names and orders based on it are the same in every folder and on
 * every machine.
 */
export function relativeTo(root: URL, url: URL): string {
  if (root.protocol !== url.protocol || root.host !== url.host) return display(url);
  const from = root.pathname.split('/').slice(0, -1);
  const to = url.pathname.split('/');
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/') + url.search;
}

/** A document that cannot be read. */
export function unreadable(code: string, message: string, remedy: string): InputError {
  return new InputError({ code, message, place: '--url', remedy });
}

/** A problem with reading a document other than that of `--url`. */
export function within(problem: Problem, place: string): Problem {
  return problem.place === '--url' ? { ...problem, place } : problem;
}

/**
 * Whether a document at `from` may lead the reader to `to`, by a redirect or a `$ref`. A document from the network
 * never reaches files, nor, from https, a plain http URL. Private addresses are checked when the connection is made.
 */
export function mayLead(from: URL, to: URL): boolean {
  if (from.protocol === 'file:') return to.protocol === 'file:' || isWeb(to);
  return isWeb(to) && !(from.protocol === 'https:' && to.protocol === 'http:');
}
