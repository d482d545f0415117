import { percentEncode } from '../upstream/percent.js';
import type { UpstreamRequest } from '../upstream/request.js';
import type { Api } from '../api.js';

/** One credential and where it goes. */
export interface Placement {
  readonly in: 'header' | 'query' | 'cookie';
  readonly name: string;
  readonly value: string;
}

/** A value of the `Authorization` header. */
export function authorization(value: string): Placement {
  return { in: 'header', name: 'authorization', value };
}

/** Whether two credentials want the same place. */
export function isSamePlace(a: Placement, b: Placement): boolean {
  return a.in === b.in && a.name.toLowerCase() === b.name.toLowerCase();
}

/** The request with a credential in its place. */
export function place(
  request: UpstreamRequest,
  { in: where, name, value }: Placement,
): UpstreamRequest {
  const headers = new Headers(request.headers);
  const url = new URL(request.url);
  if (where === 'header') headers.set(name, value);
  if (where === 'cookie') {
    // Headers joins values with a comma, which separates nothing in a Cookie header.
    headers.set('cookie', [headers.get('cookie'), `${name}=${value}`].filter(Boolean).join('; '));
  }
  if (where === 'query') {
    // Not searchParams: it writes the whole query anew, in the form's own encoding.
    const pair = `${percentEncode(name)}=${percentEncode(value)}`;
    url.search = url.search === '' ? pair : `${url.search}&${pair}`;
  }
  return { ...request, url, headers };
}

/** The request without what the arguments put where a credential goes: no member of an object may pose as an API key. */
export function withoutCredentials(
  request: UpstreamRequest,
  schemes: Api['securitySchemes'],
): UpstreamRequest {
  const headers = new Headers(request.headers);
  const url = new URL(request.url);
  for (const scheme of Object.values(schemes)) {
    if (scheme.type !== 'apiKey') continue;
    if (scheme.in === 'header') headers.delete(scheme.name);
    if (scheme.in === 'query') url.search = without(url.search.slice(1), '&', scheme.name);
    const cookies = without(headers.get('cookie') ?? '', '; ', scheme.name);
    if (scheme.in === 'cookie') headers.set('cookie', cookies);
  }
  if (headers.get('cookie') === '') headers.delete('cookie');
  return { ...request, url, headers };
}

/** Names are compared as lenient servers do: decoded, and in any case. */
function without(pairs: string, separator: string, name: string): string {
  const isNamed = (pair: string): boolean => {
    const [own = ''] = new URLSearchParams(`${pair.split('=', 1)[0] ?? ''}=`).keys();
    return own.toLowerCase() === name.toLowerCase();
  };
  return pairs
    .split(separator)
    .filter((pair) => !isNamed(pair))
    .join(separator);
}
