import { isObject, keysOf, type Json, type JsonObject } from '../api.js';
import { readJson } from './numbers.js';
import { numberOf, plain, SIZES, words } from './page-arguments.js';

// Member names, reduced to letters and digits, by their meaning; the clearest first.
/** Members that are true if there is another page, and false if there is none. */
export const MORE = words(
  'hasmore hasnext hasnextpage hasmoreitems hasmoreresults more moreavailable morerecords moreresult ' +
    'moreitemsincollection istruncated exceededtransferlimit next nextpage',
);
/** Members that are true on the last page. */
export const LAST = words('islast islastpage last lastpage isend end endofrecords endofstream');
/** Sizes that a response states; elsewhere `count` and the like are totals. */
export const STATED_SIZES = SIZES.filter((name) => !/^(count|first|max|ps)$/.test(name));
/** Members that count all items. */
export const TOTALS = words(
  'total totalcount totalitems totalresults totalelements totalsize totalrecords totalentries totalhits ' +
    'totalresultscount totalavailable totalrows totalobjects estimatedtotalhits numfound numbermatched found nbhits ' +
    'hitcount odatacount count',
);
/** Members that count the pages. */
export const TOTAL_PAGES = words('totalpages lastpage pagecount numpages nbpages pages pagestotal');
/** Members with the URL of the next page. */
const NEXT_URLS = words(
  'next nexturl nexturi nextlink nextpage nextpageurl nextpageuri nextpagelink nexthref odatanextlink moretopicsurl ' +
    'nextresults',
);
/** Members with the number of the page. */
export const CURRENT = words('page pagenumber currentpage pageno number');
/** Members that hold a cursor, each with the argument that usually takes it, unless that is its name without `next`. */
export const NEXT = words(
  'nextpagetoken nextcursor nexttoken:nexttoken continuationtoken nextcontinuationtoken nextpagecursor ' +
    'endcursor:after aftercursor:pageafter nextmarker nextoffset nextpageoffset:offset nextstart nextpagestart:start ' +
    'nextstartingafter nextcursormark nextpagenumber nextpage startingafter next:cursor next:from after continue ' +
    'continuation bookmark scrollid nextbatch:from nextkey:startkey lastevaluatedkey:exclusivestartkey cursor offset ' +
    'marker pagetoken',
).map((text) => {
  const [member = '', taker = member.replace(/^next/, '')] = text.split(':');
  return [member, taker] as const;
});

/** Other members with a cursor, for an argument of their name, with `next` before it or without. */
export const LIKE_NEXT =
  /^next(?!sync|delta)\w*(page|start|offset|number|token|key|cursor|marker|after)$|^(page|pagination|last|resumption|continuation|scroll|search)\w*(token|key|cursor|marker|after)$/;

/** The prefix of a header that counts pages or points to the next one. */
const PREFIX = /^(x-)?((cb|ms|opc|wp|paging|pagination)-)?/;

/** The main list of a response. */
interface Items {
  readonly path: string;
  readonly items: readonly Json[];
}

/** Members that may contain paging members. */
const AROUND =
  /(meta|metadata|info|paging|pagination|links|cursors?|list)$|^(page|pages|next|nextpage|navigation|(additional)?data|payload|records|results?|response|message|hits|collection|status|queries|d)$/;

const MAX_DEPTH = 3;

/** Header values; names in lower case. */
type Headers = Readonly<Record<string, string | undefined>>;

/** Members of a response, by their names reduced to letters and digits. */
export type Members = ReadonlyMap<string, readonly Json[]>;

/** The members of a response and of the objects beside its items, and its headers, by their reduced names. */
export function membersAround(answer: Json, headers: Headers = {}): Members {
  const members = new Map<string, Json[]>();
  const add = (name: string, value: Json) => {
    const known = members.get(name);
    if (known === undefined) members.set(name, [value]);
    else known.push(value);
  };
  const visit = (value: Json, depth: number) => {
    if (!isObject(value) || depth > MAX_DEPTH) return;
    for (const [key, member] of entriesOf(value)) {
      const name = plain(key);
      add(name, member);
      if (/links?$/.test(name)) for (const link of nextLinks(member)) add('next', link);
      if (AROUND.test(name)) visit(member, depth + 1);
    }
  };
  for (const [name, value] of Object.entries(headers)) {
    const member = memberOf(name);
    if (member === undefined || value === undefined) continue;
    add(member, name === 'content-range' ? value.replace(/^.*\//, '') : value);
  }
  const { 'x-pagination': json } = headers;
  if (json !== undefined) visit(readJson(json) ?? null, 0);
  visit(answer, 0);
  visit(envelopeOf(answer), MAX_DEPTH);
  return members;
}

/** The only object with a list in it, where paging members are beside that (Flickr: `{ photos: { page, photo: [] } }`). */
function envelopeOf(answer: Json): Json {
  const entries = entriesOf(answer);
  const hasList = (value: Json) => entriesOf(value).some(([, member]) => Array.isArray(member));
  const holders = entries.filter(([, value]) => hasList(value));
  const [[name, value] = ['', null], another] = holders;
  const isOnly = another === undefined && !entries.some(([, value]) => Array.isArray(value));
  return isOnly && !AROUND.test(plain(name)) ? value : null;
}

/** The first members of an object; a response that is a map may have very many. */
function entriesOf(value: Json): (readonly [name: string, member: Json])[] {
  if (!isObject(value)) return [];
  const names = keysOf(value).slice(0, MOST);
  return names.map((name) => [name, value[name] ?? null]);
}

const MOST = 200;

const knownHeaders = new Map<string, string | undefined>();

/** A header that is about pages as a member; `Content-Range: 0-24/3573` ends in the total (PostgREST). */
function memberOf(header: string): string | undefined {
  return remembered(knownHeaders, header, () => {
    if (header === 'content-range') return 'total';
    const name = plain(header.replace(PREFIX, ''));
    return isAboutNext(name) || CURRENT.includes(name) || name === 'perpage' ? name : undefined;
  });
}

/** Responses have the same few names, and every call asks. */
function remembered<T>(known: Map<string, T>, name: string, find: () => T): T {
  const found = known.get(name);
  if (found !== undefined || known.has(name)) return found as T;
  const value = find();
  if (known.size < 1000) known.set(name, value);
  return value;
}

/** Whether a header may be about a next page. */
export function isPageHeader(name: string): boolean {
  return name === 'link' || name === 'x-pagination' || memberOf(name) !== undefined;
}

/** The values of the members with one of the names. */
export function valuesIn(members: Members, names: readonly string[]): Json[] {
  return names.flatMap((name) => members.get(name) ?? []);
}

/** The first number among the values of the members with one of the names. */
export function firstNumber(members: Members, names: readonly string[]): number | undefined {
  // Elasticsearch counts in an object.
  const counts = valuesIn(members, names).map((value) =>
    isObject(value) ? (value['value'] ?? null) : value,
  );
  return counts.map(numberOf).find((value) => value !== undefined);
}

/** Whether a member with one of the names has the value, or spells it. */
export function isStated(
  members: Members,
  names: readonly string[],
  value: boolean | null,
): boolean {
  const spelled = String(value);
  const isIt = (one: Json) =>
    one === value || (value !== null && typeof one === 'string' && one.toLowerCase() === spelled);
  return names.some((name) => members.get(name)?.some(isIt));
}

const ABOUT_NEXT = new Set(
  [MORE, LAST, TOTALS, TOTAL_PAGES, NEXT_URLS, NEXT.map(([name]) => name)].flat(),
);

/** Whether any member may be about a next page. Most responses have none, and every call asks. */
export function mayHaveNext(members: Members): boolean {
  for (const name of members.keys()) if (isAboutNext(name)) return true;
  return false;
}

const knownNames = new Map<string, boolean>();

function isAboutNext(name: string): boolean {
  const isAbout = () => ABOUT_NEXT.has(name) || LIKE_NEXT.test(name) || name.startsWith('total');
  return remembered(knownNames, name, isAbout);
}

/** Links in a list, each with its relation: `rel`, or `relation` (FHIR). */
function nextLinks(links: Json): Json[] {
  const isNext = (link: Json) =>
    isObject(link) && [link['rel'], link['relation']].flat().includes('next');
  return Array.isArray(links) ? links.slice(0, MOST).filter(isNext) : [];
}

/** An object that has its list beside it (the World Bank) as one with the list, which notes call `[]`. */
export function joinedPair(answer: Json): Json {
  if (!Array.isArray(answer) || answer.length !== 2) return answer;
  const [about, items] = answer;
  return isObject(about) && Array.isArray(items) ? { ...about, '[]': items } : answer;
}

/** The longest list near the root. */
export function itemsOf(answer: Json): Items | undefined {
  if (Array.isArray(answer)) return { path: '', items: answer };
  const lists: Items[] = [];
  const visit = (value: Json, path: string, depth: number) => {
    if (Array.isArray(value)) lists.push({ path, items: value });
    else if (isObject(value) && depth < 2)
      for (const [key, member] of entriesOf(value))
        visit(member, path === '' ? key : `${path}.${key}`, depth + 1);
  };
  visit(answer, '', 0);
  return lists.sort((a, b) => b.items.length - a.items.length)[0];
}

/** The next page of a `Link` header (RFC 8288 section 3); null if it is empty (Sentry); undefined if there is none. */
export function linkOf(header: string | undefined): string | null | undefined {
  const links = (header ?? '').slice(0, 16_384).split(/,\s*(?=<)/);
  const next = links.find((link) =>
    /;\s*rel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|'([^']*\s)?next(\s[^']*)?'|next\s*(;|$))/i.test(
      link,
    ),
  );
  if (next === undefined) return undefined;
  if (/;\s*results\s*=\s*"?false\b/i.test(next)) return null;
  // Some servers escape it as in HTML.
  return /^\s*<([^>]*)>/.exec(next)?.[1]?.trim().replaceAll('&amp;', '&');
}

/** The objects that say where the next page starts; some are in a list (Google's custom search). */
export function startsIn(members: Members): JsonObject[] {
  const values = valuesIn(members, ['next', 'nextpage', 'continue']).flat();
  return values.filter((value): value is JsonObject => isObject(value));
}

/** The URL of the next page among the members of a response. */
export function urlIn(members: Members): string | undefined {
  const all = valuesIn(members, [...NEXT_URLS, 'nextcursor']).flatMap((value) =>
    isObject(value) ? ['href', 'url', 'uri'].map((key) => value[key] ?? null) : [value],
  );
  return all.map(expanded).find(hasQuery);
}

/** Whether a response says that there is no next page, whatever it counts. */
export function endsIn(members: Members): boolean {
  return isStated(members, NEXT_URLS, null);
}

/** Without the rest of a URI template, where nothing is filled in (RFC 6570; HAL). */
function expanded(value: Json): Json {
  return typeof value === 'string' ? value.replaceAll(/\{[^{}]*\}/g, '') : value;
}

function hasQuery(value: Json): value is string {
  return isUrl(value) && value.length < 8192 && value.includes('?');
}

/** Whether a value is a URL, absolute or with a query: others may be cursors. */
function isUrl(value: Json): value is string {
  return typeof value === 'string' && /^(https?:\/\/|[/?]\S*\?|\?)/.test(value);
}

/** Zero and less end a list (X 1.1, Redis); a URL is not a cursor, and neither is a text of several words. */
export function isCursor(value: Json): value is string | number {
  if (typeof value === 'number') return value > 0;
  return typeof value === 'string' && !isUrl(value) && !/^(0|-\d+)?$|\s/.test(value);
}
