import { isObject, keysOf, type Json, type JsonObject } from '../api.js';
import { count, plural, truncate, wholeCharacters } from '../text.js';
import { digitsOf, writeJson } from './numbers.js';

/** A list that was shortened, by its path from the root (`data.items`, empty for the root). */
interface ShortenedList {
  readonly path: string;
  readonly shown: number;
  readonly total: number;
}

/** A response within its budget, and one note for each place where something was left out. */
export interface Shortened {
  readonly text: string;
  /** The parsed text, if it is JSON. */
  readonly value?: Json;
  readonly notes: readonly string[];
  readonly lists: readonly ShortenedList[];
}

/** What may be left out: list items; then also the ends of strings; then also members and deeply nested parts. */
type Means = 'items' | 'text' | 'anything';
const MEANS: readonly Means[] = ['items', 'text', 'anything'];

/** Strings keep at least this length until nothing else helps. */
const SHORT = 200;
const MAX_DEPTH = 200;
const MAX_NOTES = 6;
/** Characters reserved for the notes. */
const ROOM_FOR_NOTES = 1200;

/**
 * The value of a JSON text, as `readExact` returned it, as JSON of the same shape in at most `budget` characters with
 * its notes: whole items are left out from the ends of lists first, then strings are truncated, then members and deep
 * parts are left out. No number is rounded. Omitted parts are not measured, so the cost is that of parsing.
 */
export function shortenValue(value: Json, budget: number): Shortened {
  if (measure(value, budget) <= budget)
    return { text: writeJson(value), value, notes: [], lists: [] };
  const room = Math.max(2, budget - Math.min(ROOM_FOR_NOTES, Math.floor(budget / 4)));
  const means = MEANS.find((one) => least(value, one, room) <= room) ?? 'anything';
  const shortener = new Shortener(means);
  const fitted = shortener.fit(value, room, []);
  const text = writeJson(fitted);
  const notes = shortener.notes(budget - text.length);
  return { text, value: fitted, notes, lists: shortener.lists() };
}

/** Text in at most `budget` characters with its note, truncated after a line, a sentence or a word. */
export function shortenPlainText(text: string, budget: number): Shortened {
  if (text.length <= budget) return { text, notes: [], lists: [] };
  const note = `The text was truncated: ${count(budget)} of ${count(text.length)} characters are shown.`;
  const start = text.slice(0, Math.max(0, budget - note.length - 2));
  const shown = wholeCharacters(start.slice(0, lastBreak(start)));
  const exact = note.replace(count(budget), () => count(shown.length));
  return { text: shown, notes: [exact], lists: [] };
}

/** The end of the last line, or else of the last sentence or word, if it is in the last fifth. */
function lastBreak(text: string): number {
  const ends = ['\n', '. ', ' '].map((end) => text.lastIndexOf(end) + 1);
  return ends.find((end) => end > text.length * 0.8) ?? text.length;
}

/** Characters of a value as JSON; anything above `limit` if there are more, or if it is nested too deeply. */
function measure(value: Json, limit: number, depth = 0): number {
  if (typeof value === 'string') return sizeOfString(value, limit);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).length;
  if (depth > MAX_DEPTH) return Infinity;
  let size = 2;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && size <= limit; index += 1)
      size += measure(value[index] ?? null, limit - size, depth + 1) + (index === 0 ? 0 : 1);
    return size;
  }
  for (const key of keysOf(value)) {
    size += sizeOfKey(key) + (size === 2 ? 0 : 1);
    size += measure(value[key] ?? null, limit - size, depth + 1);
    if (size > limit) break;
  }
  return size;
}

function sizeOfString(text: string, limit: number): number {
  const digits = digitsOf(text);
  if (digits !== undefined) return digits.length;
  return text.length > limit ? text.length + 2 : JSON.stringify(text).length;
}

function sizeOfKey(key: string): number {
  return JSON.stringify(key).length + 1;
}

/** The fewest characters that the means allow; anything above `limit` if there are more. */
function least(value: Json, means: Means, limit: number, depth = 0): number {
  const isNested = typeof value === 'object' && value !== null;
  if (isNested && means === 'anything') return 2;
  if (depth > MAX_DEPTH) return Infinity;
  if (typeof value === 'string' && means !== 'items') {
    const shortest = means === 'text' ? SHORT : 2;
    return digitsOf(value)?.length ?? Math.min(shortest, sizeOfString(value, shortest));
  }
  if (!isNested) return measure(value, limit, depth);
  if (Array.isArray(value))
    return value[0] === undefined ? 2 : 2 + least(value[0], means, limit, depth + 1);
  let size = 2;
  for (const key of keysOf(value)) {
    size += sizeOfKey(key) + 1 + least(value[key] ?? null, means, limit - size, depth + 1);
    if (size > limit) break;
  }
  return size;
}

/** The omissions at one place; all items of a list count as one place. */
interface Gap {
  readonly unit: 'items' | 'characters' | 'members';
  shown: number;
  total: number;
  places: number;
}

const SHORT_NOTE = 'Parts were shortened.';

class Shortener {
  readonly #means: Means;
  readonly #gaps = new Map<string, Gap>();

  constructor(means: Means) {
    this.#means = means;
  }

  /** The value in at most `room` characters, if the means allow that. */
  fit(value: Json, room: number, path: readonly string[]): Json {
    if (measure(value, room, path.length) <= room) return value;
    if (typeof value === 'string')
      return digitsOf(value) === undefined ? this.#fitString(value, room, path) : value;
    if (Array.isArray(value)) return this.#fitList(value, room, path);
    return isObject(value) ? this.#fitObject(value, room, path) : value;
  }

  /** Notes on the omissions, in at most `room` characters. */
  notes(room: number): string[] {
    const notes = [...this.#gaps].map(([path, { unit, shown, total, places }]) => {
      const what = path === '' ? 'The response' : path;
      if (places > 1) return `${what}: ${unit} left out in ${count(places)} places.`;
      return `${what}: ${count(shown)} of ${count(total)} ${unit} shown.`;
    });
    for (let most = Math.min(notes.length, MAX_NOTES); most > 0; most -= 1) {
      const more = notes.length - most;
      const listed = [
        ...notes.slice(0, most),
        ...(more > 0 ? [`Shortened as well: ${plural(more, 'more part')}.`] : []),
      ];
      if (listed.join('\n').length <= room) return listed;
    }
    return [SHORT_NOTE.slice(0, Math.max(0, room))];
  }

  lists(): ShortenedList[] {
    return [...this.#gaps].flatMap(([path, { unit, shown, total, places }]) =>
      unit === 'items' && places === 1 ? [{ path, shown, total }] : [],
    );
  }

  #report(path: readonly string[], unit: Gap['unit'], shown: number, total: number): void {
    const name = pathText(path);
    const known = this.#gaps.get(name);
    if (known === undefined) this.#gaps.set(name, { unit, shown, total, places: 1 });
    else known.places += 1;
  }

  #fitString(text: string, room: number, path: readonly string[]): string {
    const shown = wholeCharacters(text.slice(0, sliceWithin(text, room - 3)));
    this.#report(path, 'characters', shown.length, text.length);
    return `${shown}…`;
  }

  /** Whole items from the start; an item that takes more than half of the room is shortened itself. */
  #fitList(list: readonly Json[], room: number, path: readonly string[]): Json[] {
    const below = [...path, '[]'];
    const shown: Json[] = [];
    let left = room - 2;
    for (const item of path.length < MAX_DEPTH ? list : []) {
      const most = this.#shareOf(item, left, room / 2, shown.length === 0, below.length);
      if (most === undefined) break;
      const taken = this.fit(item, most, below);
      shown.push(taken);
      left -= measure(taken, Infinity) + 1;
    }
    if (shown.length < list.length) this.#report(path, 'items', shown.length, list.length);
    return shown;
  }

  /** The room for the next item; undefined if it is left out. The first one may take all, if half is not enough. */
  #shareOf(item: Json, left: number, half: number, isFirst: boolean, depth: number) {
    const size = measure(item, Math.max(left, half), depth);
    if (size <= left && (size <= half || isFirst)) return size;
    const shortest = least(item, this.#means, left, depth);
    if (size <= half || shortest > left) return undefined;
    if (shortest > half) return isFirst ? left : undefined;
    return Math.min(left, Math.floor(half));
  }

  #fitObject(object: JsonObject, room: number, path: readonly string[]): JsonObject {
    const names = this.#namesWithin(object, room, path);
    const frame = names.reduce((sum, name) => sum + sizeOfKey(name) + 1, 1);
    const sizes = names.map((name) => {
      const value = object[name] ?? null;
      const whole = measure(value, room, path.length + 1);
      return { whole, least: Math.min(whole, least(value, this.#means, room, path.length + 1)) };
    });
    const share = fairShare(sizes, room - frame);
    const members = names.map((name, index) => {
      const most = Math.max(share, sizes[index]?.least ?? 0);
      return [name, this.fit(object[name] ?? null, most, [...path, name])] as const;
    });
    return Object.fromEntries(members);
  }

  /** The names of the members that are shown: all of them, unless there would be too little of each to be of use. */
  #namesWithin(object: JsonObject, room: number, path: readonly string[]): readonly string[] {
    const names = path.length >= MAX_DEPTH ? [] : keysOf(object);
    if (this.#means !== 'anything') return names;
    let size = 2;
    const useful = Math.min(SHORT, Math.floor(room / 4));
    const within = names.findIndex((name) => {
      const value = object[name] ?? null;
      const wanted = Math.min(useful, measure(value, useful));
      size += sizeOfKey(name) + 1 + Math.max(wanted, least(value, this.#means, room));
      return size > room;
    });
    const total = keysOf(object).length;
    const shown = within === -1 ? names : names.slice(0, within);
    if (shown.length < total) this.#report(path, 'members', shown.length, total);
    return shown;
  }
}

/** The most that each member may take: small ones are whole, and the others share the rest equally. */
function fairShare(
  sizes: readonly { readonly whole: number; readonly least: number }[],
  room: number,
): number {
  const total = (share: number) =>
    sizes.reduce((sum, { whole, least }) => sum + Math.max(least, Math.min(whole, share)), 0);
  let [low, high] = [0, Math.max(0, room)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (total(middle) <= room) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How many characters of a text fit into `room` as JSON, escapes included. */
function sliceWithin(text: string, room: number): number {
  let end = Math.min(text.length, Math.max(0, room - 2));
  while (end > 0) {
    const excess = JSON.stringify(text.slice(0, end)).length - room;
    if (excess <= 0) break;
    end -= Math.max(1, Math.ceil(excess / 6));
  }
  return end;
}

/** `items[].user.name`, without its middle if it is long. */
function pathText(path: readonly string[]): string {
  const short = path.length > 8 ? [...path.slice(0, 4), '…', ...path.slice(-3)] : path;
  const names = short.map((name) => truncate(name, 40));
  return names.join('.').replaceAll('.[]', '[]');
}
