import { randomBytes } from 'node:crypto';
import type { Json } from '../api.js';

// Never sent and never shown, so that no argument can contain it.
let drawn: { readonly text: string; readonly quoted: RegExp } | undefined;

// Not when the module is loaded: Cloudflare Workers have no randomness before the first request.
function mark(): NonNullable<typeof drawn> {
  if (drawn !== undefined) return drawn;
  const text = randomBytes(12).toString('base64url');
  drawn = { text, quoted: new RegExp(`"${text}([^"]*)"`, 'g') };
  return drawn;
}

/** A number as it was written; as a JavaScript number it would have another value or another spelling. */
class Digits {
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

/** JSON in which every number keeps its original digits. */
export function writeJson(value: Json): string {
  const json = JSON.stringify(value);
  const { text, quoted } = mark();
  return json.includes(text) ? json.replace(quoted, '$1') : json;
}

/**
 * The value of a JSON text, with numbers as `Digits` if they need it; undefined if it is not JSON. `padded`: digits after
 * a zero, which JSON excludes, are a number too.
 */
export function readJson(text: string, padded = false): Json | undefined {
  if (padded && PADDED.test(text)) return new Digits(text.trim()) as unknown as Json;
  try {
    const value = JSON.parse(text) as Json;
    const marked = markNumbers(text);
    return marked === text ? value : (JSON.parse(marked, revive) as Json);
  } catch {
    return undefined;
  }
}

/** Whether a text is a JSON object or array. */
export function isJsonText(text: string): boolean {
  return /^\s*[[{]/.test(text) && readJson(text) !== undefined;
}

const PADDED = /^\s*0\d+\s*$/;

function revive(_: string, value: unknown): unknown {
  const digits = typeof value === 'string' ? digitsOf(value) : undefined;
  return digits === undefined ? value : new Digits(digits);
}

/** More digits than a double always holds. */
const MANY_DIGITS = 16;

/**
 * The value of a JSON text of any size, with long numbers as marked strings: `writeJson` writes them with their
 * original digits, and `digitsOf` distinguishes them from other strings.
 * @throws SyntaxError
 */
export function readExact(json: string): Json {
  return JSON.parse(mayHaveMany(json) ? markNumbers(json, MANY_DIGITS) : json) as Json;
}

/** Whether a text may have a number with `MANY_DIGITS` or more, or with a three-digit exponent. Most have none. */
function mayHaveMany(json: string): boolean {
  if (/[eE][+-]?\d{3}/.test(json)) return true;
  for (let start = 0, quote = 0; quote !== -1; start = endOfString(json, quote)) {
    quote = json.indexOf('"', start);
    if (hasMany(json, start, quote === -1 ? json.length : quote)) return true;
  }
  return false;
}

/** Only every sixteenth character between two strings has to be looked at, unless it is part of a number. */
function hasMany(json: string, start: number, end: number): boolean {
  for (let index = start + MANY_DIGITS - 1; index < end; index += MANY_DIGITS) {
    const before = index - MANY_DIGITS;
    while (index > before && isPart(json.charCodeAt(index))) index -= 1;
    if (index > before) continue;
    const last = endOfFraction(json, before + 1);
    if (isPart(json.charCodeAt(last)) || digitsIn(json, before + 1, last) >= MANY_DIGITS)
      return true;
    index = last;
  }
  return false;
}

/** Whether a number may contain the character: a digit or a dot. */
function isPart(code: number): boolean {
  return isDigit(code) || code === 46;
}

/** How many digits a number without an exponent has. */
function digitsIn(json: string, start: number, end: number): number {
  const hasDot = endOfDigits(json, start) < end;
  return end - start - (hasDot ? 1 : 0);
}

/** The digits of a long number in the result of `readExact`; undefined for other strings. */
export function digitsOf(text: string): string | undefined {
  const own = mark().text;
  return text.startsWith(own) ? text.slice(own.length) : undefined;
}

/**
 * Marks the numbers that JavaScript would spell differently, if they have at least `minDigits`, or a three-digit
 * exponent, which may exceed the range of a double. Skips each string in one step: digits inside are text already.
 */
function markNumbers(json: string, minDigits = 1): string {
  const edits = new Edits(json);
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === 34) index = endOfString(json, index) - 1;
    else if (isDigit(code)) {
      const digits = endOfFraction(json, index);
      const end = endOfExponent(json, digits);
      const isLarge = end > digits + 3 && isDigit(json.charCodeAt(end - 3));
      const start = json.charCodeAt(index - 1) === 45 ? index - 1 : index;
      if (
        (digitsIn(json, index, digits) >= minDigits || isLarge) &&
        isRespelled(json.slice(start, end))
      ) {
        edits.replace(start, start, `"${mark().text}`);
        edits.replace(end, end, '"');
      }
      index = end - 1;
    }
  }
  return edits.toString();
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function endOfDigits(json: string, index: number): number {
  let end = index;
  while (isDigit(json.charCodeAt(end))) end += 1;
  return end;
}

/** The index after the digits of a number and of its fraction, if it has one (RFC 8259 section 6). */
function endOfFraction(json: string, index: number): number {
  const end = endOfDigits(json, index);
  return json.charCodeAt(end) === 46 ? endOfDigits(json, end + 1) : end;
}

function endOfExponent(json: string, index: number): number {
  if (!/[eE]/.test(json.charAt(index))) return index;
  return endOfDigits(json, /[+-]/.test(json.charAt(index + 1)) ? index + 2 : index + 1);
}

/** Whether JavaScript would spell a number differently: always with 19 digits or more, the last one not zero. */
function isRespelled(number: string): boolean {
  return /^-?\d{18,}[1-9]$/.test(number) || String(Number(number)) !== number;
}

const MAX_PARTS = 1000;

/** A text in which some places are replaced, one after the other. */
export class Edits {
  readonly #text: string;
  #done = '';
  #parts: string[] = [];
  #kept = 0;

  constructor(text: string) {
    this.#text = text;
  }

  replace(start: number, end: number, by: string): void {
    this.#parts.push(this.#text.slice(this.#kept, start), by);
    this.#kept = end;
    // Many parts that stay alive cost the garbage collector more than everything else.
    if (this.#parts.length < MAX_PARTS) return;
    this.#done += this.#parts.join('');
    this.#parts.length = 0;
  }

  toString(): string {
    return this.#done + this.#parts.join('') + this.#text.slice(this.#kept);
  }
}

/** The index after the closing quote of a JSON string; `start` is that of the opening quote. */
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

/** A number close enough to compare with limits; any other value unchanged. */
export function measured(value: Json): Json {
  return isDigits(value) ? Number(value) : value;
}

/** How a value may be spelled in the lists of a document, where long numbers may be strings. */
export function spellingsOf(value: Json): Json[] {
  return isDigits(value) ? [Number(value), value.text] : [value];
}

function isDigits(value: unknown): value is Digits {
  return value instanceof Digits;
}

/** Whether a value is a whole number; `Digits` are judged as written if they are too long for a number. */
export function isInteger(value: Json): boolean {
  const number = measured(value);
  const isExact = !isDigits(value) || Number.isSafeInteger(number) || /^-?\d+$/.test(value.text);
  return isExact && Number.isInteger(number);
}

/** A value as a schema of these types takes it: `5.0` becomes 5 for an integer, and stays `5.0` for any number. */
export function settled(value: Json, types: readonly string[] = ['number']): Json {
  const number = measured(value);
  const isPlain = types.includes('integer') && !types.includes('number') && !isPadded(value);
  return isPlain && Number.isSafeInteger(number) ? number : value;
}

function isPadded(value: Json): boolean {
  return isDigits(value) && PADDED.test(value.text);
}

/** Whether a value is an array or an object. */
export function isComposite(value: Json): value is Exclude<Json, string | number | boolean | null> {
  return typeof value === 'object' && value !== null && !isDigits(value);
}
