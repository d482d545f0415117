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

/** Strings, which are skipped, and numbers of a JSON text (RFC 8259 sections 6 and 7). */
const TOKEN = /"(?:[^"\\]|\\[^])*"|-?\d[\d.eE+-]*/g;

/** A number as it was written; as a JavaScript number it would have another value or another spelling. */
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
    // Not before: in a text that is not JSON, strings without an end would be searched again and again.
    const marked = text.replace(TOKEN, (token) =>
      isFaithful(token) ? token : `"${mark().text}${token}"`,
    );
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
  const isMarked = typeof value === 'string' && value.startsWith(mark().text);
  return isMarked ? new Digits(value.slice(mark().text.length)) : value;
}

function isFaithful(token: string): boolean {
  return token.startsWith('"') || String(Number(token)) === token;
}

/**
 * The value of a JSON text of any size, with long numbers as marked strings: `writeJson` writes them with their
 * original digits, and `digitsOf` distinguishes them from other strings.
 * @throws SyntaxError
 */
export function readExact(json: string): Json {
  return JSON.parse(
    hasFewStrings(json) || mayHaveLong(json) ? markLongNumbers(json) : json,
  ) as Json;
}

/** Whether no string ends near the middle: then it is faster to skip strings than to look into them. */
function hasFewStrings(json: string): boolean {
  const middle = Math.floor(json.length / 2);
  return json.length > 2 * SAMPLE && !json.slice(middle, middle + SAMPLE).includes('"');
}

const SAMPLE = 4096;

/** More digits than a double always holds. */
const MANY_DIGITS = 16;

/**
 * Whether a text, its strings included, has a run of MANY_DIGITS, or a three-digit exponent, which may exceed the range
 * of a double. Every run that is long enough has a character at one of the sampled positions.
 */
function mayHaveLong(json: string): boolean {
  for (let index = 0; index < json.length; index += MANY_DIGITS)
    if (isDigitOrDot(json.charCodeAt(index)) && lengthAround(json, index) >= MANY_DIGITS)
      return true;
  for (let index = 0; index < json.length; index += 3)
    if (isDigit(json.charCodeAt(index)) && isInExponent(json, index)) return true;
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isDigitOrDot(code: number): boolean {
  return isDigit(code) || code === 46;
}

function lengthAround(json: string, index: number): number {
  let start = index;
  while (start > 0 && isDigitOrDot(json.charCodeAt(start - 1))) start -= 1;
  return endOfDigits(json, index) - start;
}

/** The index after digits and dots. */
function endOfDigits(json: string, index: number): number {
  let end = index;
  while (isDigitOrDot(json.charCodeAt(end))) end += 1;
  return end;
}

/** Whether a digit is one of the first three of an exponent with at least three digits. */
function isInExponent(json: string, index: number): boolean {
  let first = index;
  while (first > index - 2 && isDigit(json.charCodeAt(first - 1))) first -= 1;
  const mark = isSign(json.charCodeAt(first - 1)) ? first - 2 : first - 1;
  return isMark(json.charCodeAt(mark)) && endOfDigits(json, first) - first >= 3;
}

function isMark(code: number): boolean {
  return code === 69 || code === 101;
}

function isSign(code: number): boolean {
  return code === 43 || code === 45;
}

/** The digits of a long number in the result of `readExact`; undefined for other strings. */
export function digitsOf(text: string): string | undefined {
  const own = mark().text;
  return text.startsWith(own) ? text.slice(own.length) : undefined;
}

/** Skips each string in one step: digits inside strings are text already. */
function markLongNumbers(json: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === 34) index = endOfString(json, index) - 1;
    else if (isDigit(code)) {
      const start = json.charCodeAt(index - 1) === 45 ? index - 1 : index;
      const digits = endOfDigits(json, index);
      const end = endOfExponent(json, digits);
      const isLarge = end > digits + 3 && isDigit(json.charCodeAt(end - 3));
      const isLong = end - start >= MANY_DIGITS || isLarge;
      if (isLong && isRespelled(json.slice(start, end))) {
        parts.push(json.slice(kept, start), `"${mark().text}${json.slice(start, end)}"`);
        kept = end;
      }
      index = end - 1;
    }
  }
  return parts.length === 0 ? json : parts.join('') + json.slice(kept);
}

/** The index after the exponent of a number, if it has one (RFC 8259 section 6). */
function endOfExponent(json: string, index: number): number {
  if (!isMark(json.charCodeAt(index))) return index;
  return endOfDigits(json, isSign(json.charCodeAt(index + 1)) ? index + 2 : index + 1);
}

/** Whether JavaScript would spell a number differently: always with 19 digits or more, the last one not zero. */
function isRespelled(number: string): boolean {
  return /^-?\d{18,}[1-9]$/.test(number) || !isFaithful(number);
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
