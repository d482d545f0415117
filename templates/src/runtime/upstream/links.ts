import { isObject, type Json, type JsonObject } from '../api.js';
import {
  NEXT_URLS,
  says,
  typed,
  valueOf,
  type Argument,
  type Changes,
  type Members,
} from './paging.js';

/** The next page of a `Link` header (RFC 8288 section 3); null if it is empty (Sentry); undefined if there is none. */
export function linkOf(header: string | undefined): string | null | undefined {
  const links = (header ?? '').slice(0, 16_384).split(/,\s*(?=<)/);
  const next = links.find((link) =>
    /;\s*rel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|next\s*(;|$))/i.test(link),
  );
  if (next === undefined) return undefined;
  return /;\s*results\s*=\s*"?false\b/i.test(next) ? null : /^\s*<([^>]*)>/.exec(next)?.[1];
}

/** The URL of the next page among the members of a response. */
export function urlIn(members: Members): string | undefined {
  const values = NEXT_URLS.flatMap((name) => members.get(name) ?? []);
  const all = values.flatMap((value) =>
    isObject(value) ? [value['href'] ?? null, value['url'] ?? null] : [value],
  );
  return all.map(expanded).find(hasQuery);
}

/** Whether a response says that there is no next page, whatever it counts. */
export function endsIn(members: Members): boolean {
  return says(members, NEXT_URLS, null);
}

/** Without the rest of a URI template, where nothing is filled in (RFC 6570; HAL). */
function expanded(value: Json): Json {
  return typeof value === 'string' ? value.replaceAll(/\{[^{}]*\}/g, '') : value;
}

function hasQuery(value: Json): value is string {
  return isUrl(value) && value.length < 8192 && value.includes('?');
}

/** Whether a value is a URL, absolute or with a query: others may be cursors. */
export function isUrl(value: Json): value is string {
  return typeof value === 'string' && /^(https?:\/\/|[/?]\S*\?|\?)/.test(value);
}

/** The differences between the query of a URL and the call; undefined if it has none of the arguments. */
export function changesOfUrl(
  url: string,
  args: readonly Argument[],
  given: JsonObject,
): Changes | undefined {
  const query = new URLSearchParams(url.split('#', 1)[0]?.split('?').slice(1).join('?') ?? '');
  const own = args.filter(({ isInBody, wire }) => !isInBody && query.has(wire));
  if (own.length === 0) return undefined;
  const changes = new Map<Argument, Json | undefined>();
  for (const argument of own) {
    const value = query.get(argument.wire) ?? '';
    const before = valueOf(given, argument);
    const isSame = value === before || value === JSON.stringify(before);
    const isList = Array.isArray(before) || [argument.schema['type']].flat().includes('array');
    if (!isSame && !isList) changes.set(argument, typed(value, argument));
  }
  // Shopify's cursor contains the filters, and is refused together with them.
  const isAlone = own.some(({ wire }) => wire === 'page_info');
  for (const other of isAlone ? args : [])
    if (!other.isInBody && !own.includes(other)) changes.set(other, undefined);
  return changes;
}
