import { isObject, type Json, type JsonObject, type Tool } from '../api.js';
import {
  argumentsOf,
  itemsOf,
  membersAround,
  type Members,
  CURSORS,
  firstOf,
  membersOf,
  NUMBERS,
  numberOf,
  OFFSETS,
  pick,
  SIZES,
  typed,
  valueOf,
  words,
  type Argument,
} from './paging.js';

/** A response and its call, as far as they matter for the pages of a list. */
export interface Page {
  readonly tool: Tool;
  /** As the caller gave them. */
  readonly args: JsonObject;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly answer: Json;
}

type Changes = ReadonlyMap<Argument, Json>;

// Member names, reduced to letters and digits, by their meaning; the clearest first.
const NEXT_URLS = words(
  'next nexturl nextlink nextpage nextpageurl nextpageuri nexthref odatanextlink',
);
const MORE = words('hasmore hasnext hasnextpage hasmoreitems hasmoreresults more moreavailable');
const LAST = words('islast islastpage last isend end');
const TOTALS = words(
  'total totalcount totalitems totalresults totalelements totalsize totalrecords numfound count',
);
const TOTAL_PAGES = words('totalpages lastpage pagecount numpages pages pagestotal');
const CURRENT = words('page pagenumber currentpage pageno number');
/** Members that hold a cursor, each with the argument that usually takes it. */
const NEXT = words(
  'nextpagetoken:pagetoken nextcursor:cursor nexttoken:nexttoken continuationtoken:continuationtoken ' +
    'nextpagecursor:pagecursor endcursor:after aftercursor:pageafter nextmarker:marker nextoffset:offset ' +
    'nextstart:start nextpage:page next:cursor after:after bookmark:bookmark scrollid:scrollid cursor:cursor offset:offset',
).map((pair) => pair.split(':') as [member: string, argument: string]);
/** A sentence with the call that continues where this page ends; undefined if the response does not indicate one. */
export function nextPage(page: Page): string | undefined {
  const changes = nextChanges(page);
  return changes && sentence('Next page', page, changes);
}

/**
 * A sentence with the call that returns the omitted part of a page: the same position with a smaller page, so that
 * nothing is skipped. Undefined if the tool has no argument for it.
 */
export function restOfPage(
  page: Page,
  list: { path: string; shown: number; total: number },
): string | undefined {
  const args = argumentsOf(page.tool);
  const [size, number, offset] = [SIZES, NUMBERS, OFFSETS].map((names) => pick(args, names));
  if (list.shown === 0 || (size === undefined && offset === undefined)) return undefined;
  if (itemsOf(page.answer)?.path !== list.path) return undefined;
  if (size !== undefined) {
    const changes = smallerPage(page, size, number, list);
    if (changes !== undefined) return sentence('Smaller page, same position', page, changes);
  }
  if (offset === undefined || pick(args, ['cursor']) !== undefined) return undefined;
  const start = numberOf(valueOf(page.args, offset)) ?? firstOf(offset, 0);
  return sentence('The rest of this page', page, new Map([[offset, start + list.shown]]));
}

function smallerPage(
  page: Page,
  size: Argument,
  number: Argument | undefined,
  { shown, total }: { shown: number; total: number },
): Changes | undefined {
  const least = numberOf(size.schema['minimum'] ?? null) ?? 1;
  const current = number && numberOf(valueOf(page.args, number));
  if (number === undefined || current === undefined)
    return shown < least ? undefined : new Map([[size, shown]]);
  const first = firstOf(number, 1);
  const each = sizeOfPage(page, size) ?? (current === first ? total : undefined);
  if (each === undefined) return undefined;
  const before = (current - first) * each;
  // Page numbers count in units of the page size, so the new size has to divide the number of items before.
  for (let smaller = shown; smaller >= least; smaller -= 1)
    if (before % smaller === 0)
      return new Map([
        [size, smaller],
        [number, before / smaller + first],
      ]);
  return undefined;
}

/** How many items a page has, except the last one; undefined if unknown. */
function sizeOfPage({ args, answer }: Page, size: Argument): number | undefined {
  const members = membersAround(answer);
  const said = SIZES.flatMap((name) => members.get(name) ?? []).map(numberOf);
  return (
    numberOf(valueOf(args, size)) ??
    numberOf(size.schema['default'] ?? null) ??
    said.find((value) => value !== undefined && value > 1)
  );
}

function nextChanges(page: Page): Changes | undefined {
  const args = argumentsOf(page.tool);
  if (args.length === 0) return undefined;
  const members = membersAround(page.answer);
  const says = (names: readonly string[], value: boolean) =>
    names.some((name) => members.get(name)?.includes(value));
  if (says(MORE, false) || says(LAST, true)) return undefined;
  const url = linkOf(page.headers['link']) ?? urlIn(members);
  if (url !== undefined) return changesOfUrl(url, args, page.args);
  return (
    changesOfCursor(members, args, page.args) ??
    (says(MORE, true) ? changesOfLastId(members, args, page.answer) : undefined) ??
    changesOfNumber(page, members, args)
  );
}

/** RFC 8288 section 3. */
function linkOf(header: string | undefined): string | undefined {
  const links = (header ?? '').slice(0, 16_384).split(/,\s*(?=<)/);
  const next = links.find((link) =>
    /;\s*rel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|next\s*(;|$))/i.test(link),
  );
  return next && /^\s*<([^>]*)>/.exec(next)?.[1];
}

function urlIn(members: Members): string | undefined {
  const isUrl = (value: Json) =>
    typeof value === 'string' &&
    value.length < 8192 &&
    /^(https?:\/\/|\/|\?)[^\s]*\?|^\?/.test(value);
  const values = NEXT_URLS.flatMap((name) => members.get(name) ?? []);
  const all = values.flatMap((value) =>
    isObject(value) ? [value['href'] ?? null, value['url'] ?? null] : [value],
  );
  return all.find(isUrl) as string | undefined;
}

/** The differences between the query of a URL and the call. */
function changesOfUrl(
  url: string,
  args: readonly Argument[],
  given: JsonObject,
): Changes | undefined {
  const query = new URLSearchParams(url.split('#', 1)[0]?.split('?').slice(1).join('?') ?? '');
  const changes = new Map<Argument, Json>();
  for (const argument of args) {
    const value = argument.isInBody ? null : query.get(argument.wire);
    const before = valueOf(given, argument);
    if (
      value === null ||
      Array.isArray(before) ||
      value === before ||
      value === JSON.stringify(before)
    )
      continue;
    changes.set(argument, typed(value, argument));
  }
  return changes.size === 0 ? undefined : changes;
}

function changesOfCursor(
  members: Members,
  args: readonly Argument[],
  given: JsonObject,
): Changes | undefined {
  for (const [member, taker] of NEXT) {
    const value = members.get(member)?.find(isCursor);
    const argument = value === undefined ? undefined : pick(args, [taker, ...CURSORS]);
    if (value === undefined || argument === undefined) continue;
    // A repeated value is where this page began.
    const repeats = member === 'offset' || member === 'cursor';
    if (repeats && (typeof value === 'number' || valueOf(given, argument) === value)) continue;
    return new Map([[argument, typed(value, argument)]]);
  }
  return undefined;
}

function isCursor(value: Json): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '');
}

/** The ID of the last item, if the API continues after an ID. */
function changesOfLastId(
  members: Members,
  args: readonly Argument[],
  answer: Json,
): Changes | undefined {
  const argument = pick(args, words('startingafter afterid after sinceid lastid'));
  const last = itemsOf(answer)?.items.at(-1);
  const named = words('lastid endid').flatMap((name) => members.get(name) ?? []);
  const id = [...named, (isObject(last) ? last['id'] : undefined) ?? ''].find(isCursor);
  return argument && id !== undefined ? new Map([[argument, typed(id, argument)]]) : undefined;
}

/** The next page number or offset, if a total or a flag shows that there are more items. */
function changesOfNumber(
  page: Page,
  members: Members,
  args: readonly Argument[],
): Changes | undefined {
  const length = itemsOf(page.answer)?.items.length ?? 0;
  const [number, offset] = [NUMBERS, OFFSETS].map((names) => pick(args, names));
  if (length === 0) return undefined;
  const says = (names: readonly string[], value: boolean) =>
    names.some((name) => members.get(name)?.includes(value));
  const { headers } = page;
  const progress = {
    length,
    says: says(MORE, true) || says(LAST, false),
    total:
      numberOf(headers['x-total-count'] ?? headers['x-total'] ?? null) ??
      firstNumber(members, TOTALS),
  };
  const next =
    (number && nextNumber(page, members, number, progress)) ??
    (offset && nextOffset(page, offset, progress));
  return next && new Map([next]);
}

interface Progress {
  readonly length: number;
  readonly says: boolean;
  readonly total: number | undefined;
}

type Next = readonly [Argument, number];

function nextNumber(
  page: Page,
  members: Members,
  number: Argument,
  { length, says, total }: Progress,
): Next | undefined {
  const base = members.get('number')?.includes(0) ? 0 : firstOf(number, 1);
  const current = numberOf(valueOf(page.args, number)) ?? firstNumber(members, CURRENT) ?? base;
  const pages =
    firstNumber(members, TOTAL_PAGES) ?? numberOf(page.headers['x-total-pages'] ?? null);
  const size = pick(argumentsOf(page.tool), SIZES);
  const each = (size && sizeOfPage(page, size)) ?? (current === base ? length : Infinity);
  const done = current - base + 1;
  const more = pages === undefined ? (total ?? 0) > done * each : pages > done;
  return more || says ? [number, current + 1] : undefined;
}

function nextOffset(
  { args }: Page,
  offset: Argument,
  { length, says, total }: Progress,
): Next | undefined {
  const base = firstOf(offset, 0);
  const next = (numberOf(valueOf(args, offset)) ?? base) + length;
  return says || (total ?? 0) > next - base ? [offset, next] : undefined;
}

function firstNumber(members: Members, names: readonly string[]): number | undefined {
  const values = names.flatMap((name) => members.get(name) ?? []);
  return values.map(numberOf).find((value) => value !== undefined);
}

const MAX_CALL = 1000;

function sentence(start: string, { tool, args }: Page, changes: Changes): string {
  const next: JsonObject = { ...args };
  for (const [{ name, isInBody }, value] of changes)
    if (isInBody) next['body'] = { ...membersOf(next['body']), [name]: value };
    else next[name] = value;
  const text = JSON.stringify(next);
  if (text.length <= MAX_CALL) return `${start}: ${tool.name} ${text}`;
  const only = JSON.stringify(
    Object.fromEntries([...changes].map(([{ name }, value]) => [name, value])),
  );
  return `${start}: ${tool.name} with the same arguments and ${only}`;
}
