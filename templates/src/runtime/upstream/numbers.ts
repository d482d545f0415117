import { randomUUID } from 'node:crypto';
import type { Json } from '../api.js';

// Never sent and never shown, so that no argument can contain it.
let drawn: { readonly text: string; readonly quoted: RegExp } | undefined;

// Not when the module is loaded: Cloudflare Workers have no randomness before the first request.
function mark(): NonNullable<typeof drawn> {
  if (drawn !== undefined) return drawn;
  const text = randomUUID();
  drawn = { text, quoted: new RegExp(`"${text}([^"]*)"`, 'g') };
  return drawn;
}

/** Strings, which are skipped, and numbers of a JSON text (RFC 8259 sections 6 and 7). */
const TOKEN = /"(?:[^"\\]|\\[^])*"|-?\d[\d.eE+-]*/g;

/** A number as it was written; a JavaScript number would be another one, or be spelled differently. */
export class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** For `writeJson`, which removes the mark. */
  toJSON(): string {
    return mark().text + this.text;
  }
}

/** JSON in which every number has its own digits. */
export function writeJson(value: Json): string {
  const json = JSON.stringify(value);
  const { text, quoted } = mark();
  return json.includes(text) ? json.replace(quoted, '$1') : json;
}

/** The value of a JSON text, its numbers as `Digits` where they need them; undefined when it is not JSON. */
export function readJson(text: string): Json | undefined {
  const marked = text.replace(TOKEN, (token) =>
    isFaithful(token) ? token : `"${mark().text}${token}"`,
  );
  try {
    const value = JSON.parse(text) as Json;
    return marked === text ? value : (JSON.parse(marked, revive) as Json);
  } catch {
    return undefined;
  }
}

function revive(_: string, value: unknown): unknown {
  const isMarked = typeof value === 'string' && value.startsWith(mark().text);
  return isMarked ? new Digits(value.slice(mark().text.length)) : value;
}

function isFaithful(token: string): boolean {
  return token.startsWith('"') || String(Number(token)) === token;
}

// More digits than a double surely holds, or an exponent that may exceed its range; in strings too, at first.
const LONG = /\d[\d.]{15}|\d[eE][+-]?\d{3}/;
const STRING_OR_LONG = /"|-?\d[\d.]{15,}(?:[eE][+-]?\d+)?|-?\d[\d.]*[eE][+-]?\d{3,}/g;

/**
 * The value of a JSON text of any size, its long numbers as marked strings: `writeJson` writes them with the digits that
 * they came with, and `digitsOf` tells them from others.
 * @throws SyntaxError
 */
export function readExact(json: string): Json {
  return JSON.parse(LONG.test(json) ? markLongNumbers(json) : json) as Json;
}

/** The digits that stand for a long number in what `readExact` returns. */
export function digitsOf(text: string): string | undefined {
  const own = mark().text;
  return text.startsWith(own) ? text.slice(own.length) : undefined;
}

/** Takes each string in one step: digits inside of strings are text already. */
function markLongNumbers(json: string): string {
  const parts: string[] = [];
  let kept = 0;
  STRING_OR_LONG.lastIndex = 0;
  for (let match = STRING_OR_LONG.exec(json); match; match = STRING_OR_LONG.exec(json)) {
    const [found] = match;
    if (found === '"') STRING_OR_LONG.lastIndex = endOfString(json, match.index);
    else if (!isFaithful(found)) {
      parts.push(json.slice(kept, match.index), `"${mark().text}${found}"`);
      kept = match.index + found.length;
    }
  }
  return parts.length === 0 ? json : parts.join('') + json.slice(kept);
}

/** The index after the quote that closes a JSON string, from that of the one that opens it. */
export function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end + 1;
}

function isEscaped(json: string, quote: number): boolean {
  let index = quote - 1;
  while (json[index] === '\\') index -= 1;
  return (quote - index) % 2 === 0;
}

/** The number that a value is, near enough to be measured; any other value as it is. */
export function measured(value: Json): Json {
  return isDigits(value) ? Number(value) : value;
}

/** What a value is in the lists of a document, whose own long numbers may be texts. */
export function spellingsOf(value: Json): Json[] {
  return isDigits(value) ? [Number(value), value.text] : [value];
}

function isDigits(value: unknown): value is Digits {
  return value instanceof Digits;
}

/** Digits without a fraction, or a number that has none. */
export function isInteger(value: Json): boolean {
  const number = measured(value);
  const isExact = !isDigits(value) || Number.isSafeInteger(number) || /^-?\d+$/.test(value.text);
  return isExact && Number.isInteger(number);
}

/** A value as a schema of some types takes it: `5.0` is 5 where an integer is wanted, and `5.0` where any number is. */
export function settled(value: Json, types: readonly string[] = ['number']): Json {
  const number = measured(value);
  const isPlain = types.includes('integer') && !types.includes('number');
  return isPlain && Number.isSafeInteger(number) ? number : value;
}

/** Whether a value has parts. */
export function isComposite(value: Json): value is Exclude<Json, string | number | boolean | null> {
  return typeof value === 'object' && value !== null && !isDigits(value);
}

/** Significant digits that a double always keeps apart from others. */
const KEPT = 17;

/** Whether a JSON text has a number that readers of JavaScript would round. */
export function isRounded(json: string): boolean {
  if (!LONG.test(json)) return false;
  return (json.match(TOKEN) ?? []).some((token) => {
    const value = Number(token);
    if (token.startsWith('"') || Number.isSafeInteger(value)) return false;
    if (/^-?\d+$/.test(token)) return true;
    const digits = token.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
    return !Number.isFinite(value) || digits.length > KEPT;
  });
}
