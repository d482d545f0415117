import { isObject, type Json, type JsonObject, type Tool } from '../api.js';
import { argumentsOf, changed, CURSORS, find, firstOf, isNumeric } from './page-arguments.js';
import { NUMBERS, numberOf, offsetOf, plain, positionNamed } from './page-arguments.js';
import { SIZES, typed, valueOf } from './page-arguments.js';
import { words, type Argument, type Changes } from './page-arguments.js';
import { CURRENT, endsIn, firstNumber, isCursor, isStated, itemsOf, LAST } from './paging.js';
import { LIKE_NEXT, linkOf, mayHaveNext, membersAround, MORE, NEXT } from './paging.js';
import { joinedPair, startsIn, STATED_SIZES, TOTAL_PAGES, TOTALS } from './paging.js';
import { urlIn, valuesIn, type Members } from './paging.js';

/** A response and its call, as far as they matter for the pages of a list. */
export interface Page {
  readonly tool: Tool;
  /** As the caller gave them. */
  readonly args: JsonObject;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly answer: Json;
}

/** Members with the ID of the last item. */
const LAST_IDS = words('lastid endid');

/** Members with a cursor that may repeat the start of this page. */
const START = ['offset', 'cursor', 'marker'];

/** A page with the arguments that its tool takes, and with the members that may be about a next page. */
interface Reading extends Page {
  readonly offered: readonly Argument[];
  readonly members: Members;
}

function read(page: Page, members: Members): Reading {
  return { ...page, offered: argumentsOf(page.tool), members };
}

/** A sentence with the call that continues where this page ends; undefined if the response does not indicate one. */
export function nextPage(page: Page): string | undefined {
  const changes = nextChanges(page);
  if (changes === undefined || goesBack(page, changes)) return undefined;
  return sentence('Next page', page, changes);
}

/** Whether the number of the page decreases: some APIs continue at the first page after the last one. */
function goesBack({ args, tool }: Page, changes: Changes): boolean {
  const number = find(argumentsOf(tool), NUMBERS);
  if (number === undefined) return false;
  const [before, next] = [valueOf(args, number), changes.get(number) ?? null].map(numberOf);
  return before !== undefined && next !== undefined && next < before;
}

/**
 * A sentence with the call that returns the omitted part of a page: the same position with a smaller page, so that
 * nothing is skipped. Undefined if the tool has no argument for it.
 */
export function restOfPage(
  given: Page,
  list: { path: string; shown: number; total: number },
): string | undefined {
  const page = { ...given, answer: joinedPair(given.answer) };
  const reading = read(page, membersAround(page.answer));
  const { offered } = reading;
  const size = find(offered, SIZES);
  const offset = offsetOf(offered);
  if (list.shown <= 0 || (size === undefined && offset === undefined)) return undefined;
  if (itemsOf(page.answer)?.path !== list.path) return undefined;
  if (size !== undefined) {
    const changes = smallerPage(reading, size, list);
    if (changes !== undefined) return sentence('Smaller page, same position', page, changes);
  }
  if (offset === undefined || find(offered, ['cursor']) !== undefined) return undefined;
  const { start } = positionOf(reading, offset);
  return sentence('The rest of this page', page, new Map([[offset, start + list.shown]]));
}

function smallerPage(
  page: Reading,
  size: Argument,
  { shown, total }: { shown: number; total: number },
): Changes | undefined {
  const number = find(page.offered, NUMBERS);
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
function sizeOfPage(page: Reading, size: Argument): number | undefined {
  const asked = numberOf(valueOf(page.args, size)) ?? numberOf(size.schema['default'] ?? null);
  return asked ?? statedSize(page);
}

function statedSize({ members }: Reading): number | undefined {
  const stated = valuesIn(members, STATED_SIZES).map(numberOf);
  return stated.find((value) => value !== undefined && value > 1);
}

function nextChanges(given: Page): Changes | undefined {
  const page = { ...given, answer: joinedPair(given.answer) };
  // A call that writes is not repeated for the next page of nothing.
  const isList = page.tool.annotations.readOnlyHint || itemsOf(page.answer)?.items.length;
  if (argumentsOf(page.tool).length === 0 || !isList) return undefined;
  const members = membersAround(page.answer, page.headers);
  if (isStated(members, MORE, false) || isStated(members, LAST, true)) return undefined;
  const link = linkOf(page.headers['link']);
  if (link === undefined && !mayHaveNext(members)) return undefined;
  // The link says that there is no other page.
  if (link === null) return undefined;
  const url = link ?? urlIn(members);
  const reading = read(page, members);
  const changes = url === undefined ? undefined : changesOfUrl(url, reading);
  if (changes !== undefined) return changes.size === 0 ? undefined : changes;
  return (
    changesOfStart(reading) ??
    changesOfCursor(reading) ??
    (isStated(members, MORE, true) ? changesOfLastId(reading) : undefined) ??
    (endsIn(members) ? undefined : changesOfNumber(reading))
  );
}

/** The differences between the query of a URL and the call; undefined if it has none of the arguments. */
function changesOfUrl(url: string, { offered, args }: Reading): Changes | undefined {
  const query = new URLSearchParams(url.split('#', 1)[0]?.split('?').slice(1).join('?') ?? '');
  const own = offered.filter(({ isInBody, wire }) => !isInBody && query.has(wire));
  if (own.length === 0) return undefined;
  const changes = new Map<Argument, Json | undefined>();
  for (const argument of own) {
    const value = query.get(argument.wire) ?? '';
    const before = valueOf(args, argument);
    const isSame = value === before || value === JSON.stringify(before);
    const isList = Array.isArray(before) || [argument.schema['type']].flat().includes('array');
    if (!isSame && !isList) changes.set(argument, typed(value, argument));
  }
  // Shopify's cursor contains the filters, and is refused together with them.
  const isAlone = own.some(({ wire }) => wire === 'page_info');
  for (const other of isAlone ? offered : [])
    if (!other.isInBody && !own.includes(other)) changes.set(other, undefined);
  return changes;
}

/** The arguments that an object of the response has for the next page: `next: { page: 2, limit: 10 }`. */
function changesOfStart({ offered, args, members }: Reading): Changes | undefined {
  const changes = new Map<Argument, Json>();
  for (const [name, value] of startsIn(members).flatMap(Object.entries<Json>)) {
    const argument = positionNamed(plain(name), offered);
    if (argument === undefined || !isCursor(value)) continue;
    const next = typed(value, argument);
    const isOther = isNumeric(argument) && typeof next !== 'number';
    if (!isOther && next !== valueOf(args, argument)) changes.set(argument, next);
  }
  return changes.size === 0 ? undefined : changes;
}

function changesOfCursor({ offered, args, members }: Reading): Changes | undefined {
  for (const [member, taker] of [...NEXT, ...alike(offered)]) {
    const value = members.get(member)?.find(isCursor);
    if (!value) continue;
    const takers = offered.filter((one) => !isNumeric(one) || numberOf(value) !== undefined);
    const argument = find(takers, [taker]) ?? find(takers, CURSORS);
    if (!argument) continue;
    const next = typed(value, argument);
    // A repeated value is where this page began, except the ID of a scroll (Elasticsearch); so is a number, unless the
    // response says that there is more.
    if (next === valueOf(args, argument) && member !== 'scrollid') continue;
    const isStart = member === 'offset' || !isStated(members, MORE, true);
    if (typeof value === 'number' && isStart && START.includes(member)) continue;
    return new Map([[argument, next]]);
  }
  return undefined;
}

/** Members with the names of arguments: `nextPageKey` for `pageKey`, and for an argument of that name. */
function alike(offered: readonly Argument[]): (readonly [member: string, taker: string])[] {
  const names = offered.flatMap((one) => one.names);
  const pairs = names.flatMap((name) => [[`next${name}`, name] as const, [name, name] as const]);
  return pairs.filter(([member]) => LIKE_NEXT.test(member));
}

/** Arguments that take the ID of the last item, whatever the order of the items. */
const AFTER_ID = words('startingafter lastid');
/** Those and the ones that only take it if the IDs ascend. */
const AFTER_ASCENDING = [...AFTER_ID, ...words('afterid after sinceid')];

/** The ID of the last item, if the API continues after an ID. */
function changesOfLastId({ offered, members, answer }: Reading): Changes | undefined {
  const [first, last] = [0, -1].map((index) => itemsOf(answer)?.items.at(index)).map(idOf);
  const stated = valuesIn(members, LAST_IDS).find(isCursor);
  // With the newest first, as often, what is after an ID is on the page before.
  const isOrdered = stated !== undefined || isLess(first, last);
  const [argument, id] = [find(offered, isOrdered ? AFTER_ASCENDING : AFTER_ID), stated ?? last];
  return argument && id !== undefined ? new Map([[argument, typed(id, argument)]]) : undefined;
}

function idOf(item: Json | undefined): string | number | undefined {
  return [(isObject(item) ? item['id'] : undefined) ?? ''].find(isCursor);
}

function isLess(first: Json = null, last: Json = null): boolean {
  const [low, high] = [first, last].map(numberOf);
  return low !== undefined && high !== undefined && low < high;
}

/** The next page number or offset, if a total or a flag shows that there are more items. */
function changesOfNumber(page: Reading): Changes | undefined {
  const { offered, members } = page;
  const { path = '', items: { length } = [] } = itemsOf(page.answer) ?? {};
  if (length === 0) return undefined;
  const list = plain(path.replace(/^.*\./, ''));
  const [number, offset] = [find(offered, NUMBERS), offsetOf(offered)];
  const progress = {
    length,
    hasMore: isStated(members, MORE, true) || isStated(members, LAST, false),
    total: firstNumber(members, [...TOTALS, `total${list}`]),
  };
  const next =
    (number && nextNumber(page, number, progress)) ??
    (offset && nextOffset(page, offset, progress));
  return next && new Map([next]);
}

interface Progress {
  readonly length: number;
  readonly hasMore: boolean;
  readonly total: number | undefined;
}

type Next = readonly [Argument, number];

function nextNumber(
  page: Reading,
  number: Argument,
  { length, hasMore, total }: Progress,
): Next | undefined {
  const { members } = page;
  const base = firstPageOf(page, number);
  const current = numberOf(valueOf(page.args, number)) ?? firstNumber(members, CURRENT) ?? base;
  const pages = firstNumber(members, TOTAL_PAGES);
  const size = find(page.offered, SIZES);
  const each =
    (size && sizeOfPage(page, size)) ??
    (current === base ? length : (statedSize(page) ?? Infinity));
  const done = current - base + 1;
  const isCounted = pages === undefined ? (total ?? 0) > done * each : pages > done;
  return isCounted || hasMore ? [number, current + 1] : undefined;
}

/** Spring numbers its pages from 0 in responses, whatever its argument counts from. */
function firstPageOf({ args, members }: Reading, number: Argument): number {
  const [given, shown] = [numberOf(valueOf(args, number)), firstNumber(members, ['number'])];
  if (shown === 0) return given === 1 ? 1 : 0;
  const isSpring = shown !== undefined && members.has('totalelements');
  return isSpring && given === shown ? 0 : firstOf(number, 1);
}

function nextOffset(
  page: Reading,
  offset: Argument,
  { length, hasMore, total }: Progress,
): Next | undefined {
  const { start, first } = positionOf(page, offset);
  const next = start + length;
  return hasMore || (total ?? 0) > next - first ? [offset, next] : undefined;
}

/** Where a page starts, and where the first one does. */
function positionOf({ args, members }: Reading, offset: Argument) {
  const [name, first] = [plain(offset.wire), firstOf(offset, 0)];
  const given = numberOf(valueOf(args, offset));
  // SCIM counts from 1, and its first page says so. An extra page is better than a missing item.
  const isOne = given === undefined ? members.get(name)?.includes(1) : name === 'startindex';
  const least = isOne === true ? Math.max(1, first) : first;
  return { start: given ?? least, first: least };
}

const MAX_CALL = 1000;

function sentence(start: string, { tool, args }: Page, changes: Changes): string {
  const text = JSON.stringify(changed(args, changes));
  if (text.length <= MAX_CALL) return `${start}: ${tool.name} ${text}`;
  return `${start}: ${tool.name} with the same arguments and ${JSON.stringify(changed({}, changes))}`;
}
