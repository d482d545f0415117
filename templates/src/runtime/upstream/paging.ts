import { isObject, membersOf, own, type Json, type JsonObject, type Tool } from '../api.js';
import { digitsOf } from './numbers.js';

/** An argument of a tool that pages may depend on: in the query, or a member of the body. */
export interface Argument {
  readonly name: string;
  /** Its name on the wire. */
  readonly wire: string;
  readonly isInBody: boolean;
  readonly schema: JsonObject;
}

/** New values of arguments; undefined leaves an argument out. */
export type Changes = ReadonlyMap<Argument, Json | undefined>;

/** Splits a list of names. */
export const words = (text: string): readonly string[] => text.split(' ');

// Argument names, reduced to letters and digits, by their meaning; the clearest first.
/** Arguments for the number of items on a page. */
export const SIZES = words(
  'perpage pagesize limit maxresults maxitems pagelimit resultsperpage itemsperpage hitsperpage top take max first ' +
    'count size rows pagelen ps',
);
/** Sizes that a response states; elsewhere `count` and the like are totals. */
export const STATED_SIZES = SIZES.filter((name) => !/^(count|first|max|ps)$/.test(name));
/** Arguments for the number of a page. */
export const NUMBERS = words('page pagenumber pageno pagenum pageindex currentpage p');
/** Arguments for the number of items before a page. */
const OFFSETS = words('offset skip startat startindex startposition start from pageoffset');
/** Keycloak's size, and what it calls the offset beside it. */
const [MOST, FIRST_ITEM] = [['max'], ['first']] as const;
/** Arguments that take the cursor of a response. */
export const CURSORS = words(
  'cursor pagetoken nexttoken nextpagetoken paginationtoken continuationtoken nextcursor pagecursor startcursor ' +
    'startingafter afterid pageafter after continuation continue bookmark marker nextmarker cursormark scrollid ' +
    'starttoken offset page next start token until sinceid since',
);

// Member names, reduced to letters and digits, by their meaning; the clearest first.
/** Members that are true if there is another page, and false if there is none. */
export const MORE = words(
  'hasmore hasnext hasnextpage hasmoreitems hasmoreresults more moreavailable morerecords moreresult ' +
    'moreitemsincollection istruncated',
);
/** Members that are true on the last page. */
export const LAST = words('islast islastpage last lastpage isend end endofrecords');
/** Members that count all items. */
export const TOTALS = words(
  'xtotalcount xtotal xwptotal contentrange total totalcount totalitems totalresults totalelements totalsize ' +
    'totalrecords totalentries totalhits estimatedtotalhits numfound found nbhits count',
);
/** Members that count the pages. */
export const TOTAL_PAGES = words(
  'totalpages lastpage pagecount numpages nbpages pages pagestotal xtotalpages xwptotalpages',
);
/** Members with the URL of the next page. */
const NEXT_URLS = words(
  'next nexturl nexturi nextlink nextpage nextpageurl nextpageuri nextpagelink nexthref odatanextlink moretopicsurl',
);
/** Members with the number of the page. */
export const CURRENT = words('page pagenumber currentpage pageno number');
/** Members that hold a cursor, each with the argument that usually takes it. */
export const NEXT = words(
  'nextpagetoken:pagetoken nextcursor:cursor nexttoken:nexttoken continuationtoken:continuationtoken ' +
    'nextcontinuationtoken:continuationtoken nextpagecursor:pagecursor endcursor:after aftercursor:pageafter ' +
    'nextmarker:marker nextoffset:offset nextpageoffset:offset nextstart:start nextpagestart:start ' +
    'nextstartingafter:startingafter nextcursormark:cursormark xmscontinuationtoken:continuationtoken ' +
    'opcnextpage:page xnextpage:page xnextcursor:cursor nextpage:page startingafter:startingafter next:cursor ' +
    'after:after continue:continue continuation:continuation bookmark:bookmark scrollid:scrollid cursor:cursor ' +
    'offset:offset marker:marker',
).map((pair) => pair.split(':') as [member: string, argument: string]);

const known = new WeakMap<Tool, readonly Argument[]>();

/** The query arguments of a tool, and those in its body. */
export function argumentsOf(tool: Tool): readonly Argument[] {
  const args = known.get(tool) ?? readArguments(tool);
  known.set(tool, args);
  return args;
}

function readArguments({ inputSchema, request }: Tool): Argument[] {
  const properties = membersOf(inputSchema['properties']);
  const own = (request.parameters ?? []).flatMap(({ name, in: place, argument = name }) =>
    place === 'query'
      ? [{ name: argument, wire: name, isInBody: false, schema: membersOf(properties[argument]) }]
      : [],
  );
  const body = membersOf(membersOf(properties['body'])['properties']);
  const inner = Object.entries(body).map(([name, schema]) => {
    return { name, wire: name, isInBody: true, schema: membersOf(schema) };
  });
  return [...own, ...inner];
}

const picked = new WeakMap<readonly Argument[], Map<readonly string[], Argument | undefined>>();

/** The first argument with one of the names, which are one of the lists above; found once for each tool. */
export function pick(args: readonly Argument[], names: readonly string[]): Argument | undefined {
  const known = picked.get(args) ?? new Map<readonly string[], Argument | undefined>();
  picked.set(args, known);
  if (!known.has(names)) known.set(names, find(args, names));
  return known.get(names);
}

/** The first argument with one of the names, reduced to letters and digits. */
export function find(args: readonly Argument[], names: readonly string[]): Argument | undefined {
  for (const name of names) {
    const found = args.find(({ wire }) => [plain(wire), withoutGroup(wire)].includes(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `page` of Strapi's `pagination[page]`, and `offset` of ServiceNow's `sysparm_offset`. */
function withoutGroup(wire: string): string {
  return plain(wire).replace(/^(pagination|paging|searchcriteria|sysparm|pg)(?=.)/, '');
}

/** The argument for the number of items before a page; beside `max` that is `first` (Keycloak). */
export function offsetOf(args: readonly Argument[]): Argument | undefined {
  return pick(args, OFFSETS) ?? (pick(args, MOST) && pick(args, FIRST_ITEM));
}

/** A name reduced to lower-case letters and digits. */
export function plain(name: string): string {
  return /^[a-z\d]*$/.test(name) ? name : name.toLowerCase().replace(/[^a-z\d]/g, '');
}

/** The value of an argument in a call; null if it has none. */
export function valueOf(args: JsonObject, { name, isInBody }: Argument): Json {
  const holder = isInBody ? membersOf(args['body']) : args;
  return own(holder, name) ?? null;
}

/** An integer, or one in digits. */
export function numberOf(value: Json): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** The number that an argument starts counting from. */
export function firstOf({ schema }: Argument, usual: number): number {
  const { default: normal = null, minimum = null, description = null } = schema;
  return numberOf(normal) ?? numberOf(minimum) ?? describedFirst(description) ?? usual;
}

const FIRST =
  /\b(0|zero|1|one)[- ]?(?:based|indexed)\b|\b(?:starts?|starting|begins?|beginning) (?:at|from|with) (0|zero|1|one)\b|\bfirst page is (0|zero|1|one)\b/i;

function describedFirst(description: Json): number | undefined {
  const found = typeof description === 'string' ? FIRST.exec(description)?.slice(1) : undefined;
  const first = found?.find(Boolean);
  if (first === undefined) return undefined;
  return /^(0|zero)$/i.test(first) ? 0 : 1;
}

/** A value as an argument takes it: digits become a number if the argument is one. */
export function typed(value: string | number, { schema }: Argument): Json {
  const text = typeof value === 'string' ? (digitsOf(value) ?? value) : String(value);
  const types = [schema['type']].flat();
  if (types.some((type) => type === 'integer' || type === 'number')) return numberOf(text) ?? text;
  return typeof value === 'number' && schema['type'] === undefined ? value : text;
}

/** The main list of a response. */
export interface Items {
  readonly path: string;
  readonly items: readonly Json[];
}

/** Members that may contain paging members. */
const AROUND =
  /(meta|metadata|info|paging|pagination|links|cursors|list)$|^(page|pages|next|nextpage|(additional)?data|results?|response|message|hits|collection|d)$/;

/** Members of a response, by their names reduced to letters and digits. */
export type Members = ReadonlyMap<string, readonly Json[]>;

/** The members of a response and of the objects beside its items, and its headers, by their reduced names. */
export function membersAround(answer: Json, headers: Readonly<Record<string, Json>> = {}): Members {
  const members = new Map<string, Json[]>();
  const add = (name: string, value: Json) =>
    void members.set(name, [...(members.get(name) ?? []), value]);
  const visit = (value: Json, depth: number) => {
    if (!isObject(value) || depth > 3) return;
    for (const key of Object.keys(value).slice(0, 200)) {
      const member = value[key] ?? null;
      const name = plain(key);
      add(name, member);
      if (/^links?$/.test(name)) for (const link of nextLinks(member)) add('next', link);
      if (AROUND.test(name)) visit(member, depth + 1);
    }
  };
  for (const [name, value] of Object.entries(headers)) add(plain(name), value);
  visit(answer, 0);
  return members;
}

/** The values of the members with one of the names. */
export function valuesIn(members: Members, names: readonly string[]): Json[] {
  return names.flatMap((name) => members.get(name) ?? []);
}

/** Whether a member with one of the names has the value. */
export function says(members: Members, names: readonly string[], value: boolean | null): boolean {
  return names.some((name) => members.get(name)?.includes(value));
}

const TELLING = new Set(
  [MORE, LAST, TOTALS, TOTAL_PAGES, NEXT_URLS, NEXT.map(([name]) => name)].flat(),
);

/** Whether any member can tell of another page. Most responses have none, and every call asks. */
export function isTelling(members: Members): boolean {
  for (const name of members.keys()) if (TELLING.has(name)) return true;
  return false;
}

/** Links in a list, each with its relation: `rel`, or `relation` (FHIR). */
function nextLinks(links: Json): Json[] {
  const isNext = (link: Json) =>
    isObject(link) && [link['rel'], link['relation']].flat().includes('next');
  return Array.isArray(links) ? links.slice(0, 200).filter(isNext) : [];
}

/** The longest list near the root. */
export function itemsOf(answer: Json): Items | undefined {
  if (Array.isArray(answer)) return { path: '', items: answer };
  const lists: Items[] = [];
  const visit = (value: Json, path: string, depth: number) => {
    if (Array.isArray(value)) lists.push({ path, items: value });
    else if (isObject(value) && depth < 2)
      for (const key of Object.keys(value).slice(0, 200))
        visit(value[key] ?? null, path === '' ? key : `${path}.${key}`, depth + 1);
  };
  visit(answer, '', 0);
  return lists.sort((a, b) => b.items.length - a.items.length)[0];
}

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
  const all = valuesIn(members, NEXT_URLS).flatMap((value) =>
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
