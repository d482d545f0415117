import { randomUUID } from 'node:crypto';
import type { Json } from '../api.js';

/**
 * Stands before the digits of a number that JavaScript would round; while a value is taken apart, such a number is a
 * string. Made up anew by every process, so that no answer of an API can contain it.
 */
const MARK = `number-${randomUUID()}:`;

/** More digits than every double holds, a mantissa in two parts included, or an exponent that may exceed its range. */
const LONG = /\d[\d.]{15}|\d[eE][+-]?\d{3}/;
const STRING_OR_LONG = /"|-?\d[\d.]{15,}(?:[eE][+-]?\d+)?|-?\d[\d.]*[eE][+-]?\d{3,}/g;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');

/**
 * Parses JSON without rounding: `exactJson` writes every number with the digits that it came with.
 * @throws SyntaxError
 */
export function parseExact(json: string): Json {
  return JSON.parse(LONG.test(json) ? markNumbers(json) : json) as Json;
}

/** The JSON text of a value that `parseExact` returned, or of a part of it. */
export function exactJson(value: Json): string {
  return JSON.stringify(value).replace(MARKED, '$1');
}

/** The digits of a number that was kept as they are, if the text holds one. */
export function digitsOf(text: string): string | undefined {
  return text.startsWith(MARK) ? text.slice(MARK.length) : undefined;
}

/** Whether a value has a number that only its digits tell. */
export function hasExactNumbers(json: string): boolean {
  return LONG.test(json) && markNumbers(json) !== json;
}

/** Takes each string in one step: digits inside of strings are text already. */
function markNumbers(json: string): string {
  const parts: string[] = [];
  let kept = 0;
  STRING_OR_LONG.lastIndex = 0;
  for (let match = STRING_OR_LONG.exec(json); match; match = STRING_OR_LONG.exec(json)) {
    const [found] = match;
    if (found === '"') STRING_OR_LONG.lastIndex = endOfString(json, match.index);
    else {
      parts.push(json.slice(kept, match.index), `"${MARK}${found}"`);
      kept = match.index + found.length;
    }
  }
  return parts.length === 0 ? json : parts.join('') + json.slice(kept);
}

/** The index after the closing quote. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end + 1;
}

function isEscaped(json: string, quote: number): boolean {
  let index = quote - 1;
  while (json[index] === '\\') index -= 1;
  return (quote - index) % 2 === 0;
}
