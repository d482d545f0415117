import type { Finding } from './change.js';
import type { ChangeCode } from './codes.js';

/** A text truncated in the middle, because URLs differ at either end. */
export function shorten(text: string, length = 120): string {
  if (text.length <= length) return text;
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  const tail = length - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`;
}

/** A JSON value as a short text; not for undefined. */
export function show(value: unknown): string {
  return shorten(JSON.stringify(value));
}

/** Some JSON values as a short text. */
export function showAll(values: readonly unknown[]): string {
  return shorten(values.map((value) => JSON.stringify(value)).join(', '));
}

/** An old and a new value as short texts, as far as there are any. */
export function shown(before: unknown, after: unknown): Pick<Finding, 'before' | 'after'> {
  return {
    ...(before !== undefined && { before: show(before) }),
    ...(after !== undefined && { after: show(after) }),
  };
}

/** A finding whose message is a sentence about its place. */
export function find(
  code: ChangeCode,
  place: string,
  predicate: string,
  values: Pick<Finding, 'before' | 'after'> = {},
): Finding {
  return { code, place, message: `${subject(place)} ${predicate}.`, ...values };
}

/** The subject of a sentence about a place. */
function subject(place: string): string {
  return /[.[]/.test(place) ? shorten(place) : `The argument ${shorten(place)}`;
}

/** The place of a member of the value at another place; at the top, that is an argument. */
export function memberPlace(place: string, name: string): string {
  const plain = /^[\w$-]+$/.test(name);
  if (place === '') return plain ? name : JSON.stringify(name);
  return plain ? `${place}.${name}` : `${place}[${JSON.stringify(name)}]`;
}
