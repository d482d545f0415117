import { isLoopback } from '../../../templates/src/runtime/http.js';
import { parseUrl } from '../../../templates/src/runtime/text.js';

/** The value of a `{name}` in a URL; a name without a value stays. */
export type ValueOf = (name: string) => string | undefined;

/** The names in the braces of a URL, each once, in order (OpenAPI 3.1, Server Object). */
export function namesIn(template: string): string[] {
  return [...new Set([...template.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name))];
}

/** The URL with the values of its variables; braces inside a value are not variables. */
export function fill(template: string, valueOf: ValueOf): string {
  return template.replace(/\{([^{}]+)\}/g, (whole, name: string) => valueOf(name) ?? whole);
}

/** A URL without its literal query or fragment: neither belongs to a base URL. */
export function withoutQuery(template: string): string {
  return template.replace(/^((?:\{[^{}]*\}|[^{}?#])*)[?#].*$/s, '$1');
}

/** The query of a URL with the values of its variables, and the pairs that still need a value. */
export function queryOf(
  template: string,
  valueOf: ValueOf,
): { query: string | undefined; lost: string | undefined } {
  const [, , asked = ''] = /^((?:\{[^{}]*\}|[^{}?#])*)\?([^#]*)/s.exec(template) ?? [];
  const [, fragment] = /#(.*)$/s.exec(template) ?? [];
  const pairs = fill(asked, valueOf).split('&').filter(Boolean);
  // `index.php?r=` expects a path, and `?v={version}` a value.
  const isFixed = (pair: string) => !/=$|[{}]/.test(pair);
  const query = pairs.filter(isFixed).join('&');
  const lost = pairs.filter((pair) => !isFixed(pair)).join('&');
  const unsent = [lost && `?${lost}`, fragment && `#${fragment}`].filter(Boolean).join('');
  const escaped = query && new URL(`https://x/?${query}`).search.slice(1);
  return { query: escaped || undefined, lost: unsent || undefined };
}

/** A path with a fixed query, added to its own if it has one; a fragment is never sent. */
export function withQuery(path: string, query: string | undefined): string {
  if (query === undefined || query === '') return path;
  const [, before = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(path) ?? [];
  return `${before}${before.includes('?') ? '&' : '?'}${query}${fragment}`;
}

const FILE = /^[^./]+\.(?:php|html?|json|ya?ml|aspx?|ashx|jsp|cgi|do)$/i;
const HOST =
  /^(?:(?:[a-z\d_-]+\.)+[a-z]{2,}|localhost|(?:\d{1,3}\.){3}\d{1,3})(?::\d+)?$|^[a-z\d._-]+:\d+$/i;

/** Whether a URL begins with a host, which a parser would read as a folder or a scheme. */
export function lacksScheme(url: string): boolean {
  const [first = ''] = url.split(/[/?#]/, 1);
  return HOST.test(first) && !FILE.test(first);
}

/** A URL that lacks its scheme, with the likely one: on this machine, few servers have a certificate. */
export function withScheme(url: string): string {
  const [host = ''] = url.split(/[:/?#]/, 1);
  return `${isLoopback(host) ? 'http' : 'https'}://${url}`;
}

/** An absolute http(s) URL as origin and path; undefined when it is anything else or has more parts. */
export function toBaseUrl(text: string, base?: string): string | undefined {
  const known = base === undefined || /[{}]/.test(base) ? undefined : base;
  // RFC 3986 section 4.2: the scheme of the document, which a file does not have.
  const whole = known === undefined && text.startsWith('//') ? `https:${text}` : text;
  if (/[{}?#]/.test(text)) return undefined;
  const url = webUrl(whole, known);
  return url && url.origin + url.pathname.replace(/\/+$/, '');
}

/** An http(s) URL without user name and password; undefined for anything else, which fetch refuses. */
export function webUrl(text: string | undefined, base?: string): URL | undefined {
  const url = text === undefined ? undefined : parseUrl(text, base);
  const isPlain = url?.username === '' && url.password === '';
  return isPlain && /^https?:$/.test(url.protocol) ? url : undefined;
}

/**
 * The absolute template, still with its variables: resolved like RFC 3986 section 5.2, but on the text, because a
 * parser would encode the braces. `valueOf` gives a value for every variable; of the possible combinations, the right
 * one is the one that a parser then agrees with.
 */
export function resolveTemplate(
  template: string,
  base: string | undefined,
  valueOf: ValueOf,
): string | undefined {
  const target = toBaseUrl(
    fill(template, valueOf),
    base === undefined ? base : fill(base, valueOf),
  );
  if (target === undefined) return undefined;
  const isRight = (candidate: string) => {
    const filled = fill(candidate, valueOf);
    return /^https?:\/\//i.test(filled) && toBaseUrl(filled) === target;
  };
  return candidates(template, base ?? '')
    .find(isRight)
    ?.replace(/\/+$/, '');
}

function candidates(template: string, base: string): string[] {
  const [, origin = '', scheme = 'https:', path = ''] =
    /^(([^/?#]+:)\/\/[^/?#]*)([^?#]*)/.exec(base) ?? [];
  const folder = path.replace(/[^/]*$/, '');
  return [
    template,
    scheme + template,
    origin + template,
    `${origin}${folder === '' ? '/' : folder}${template}`,
  ];
}
