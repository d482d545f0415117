import type { Cursor } from './cursor.js';

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?(?![\p{ID_Continue}$.])/iuy;

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** The values of names; undefined: any name is allowed and has no value. */
export type Names = ReadonlyMap<string, unknown> | undefined;

const noNames: Names = new Map();

/**
 * Reads an expression in the form that `src/generated` uses: literals, and names with known values. Nothing is run.
 * @throws Unreadable for any other expression
 */
export function readLiteral(cursor: Cursor, names: Names): unknown {
  const value = readTerm(cursor, names);
  for (;;) {
    const isNewLine = cursor.isOnNewLine;
    const word = cursor.takeName();
    if (word === undefined) return value;
    // On a new line, they are names of their own to the compiler.
    if (isNewLine || (word !== 'as' && word !== 'satisfies')) cursor.fail(notLiteral);
    readType(cursor);
  }
}

/** Reads `const` or the name of a type, which may have arguments; types do not change a value. */
export function readType(cursor: Cursor): void {
  if (cursor.takeName() === undefined) cursor.failHere('a type that this program does not print');
  if (cursor.takeMark('<')) readList(cursor, '>', () => readType(cursor));
}

/** Reads items and the commas between them, up to the mark that closes the list. */
export function readList<T>(cursor: Cursor, close: string, readItem: () => T): T[] {
  const items: T[] = [];
  while (!cursor.takeMark(close)) {
    items.push(readItem());
    if (cursor.takeMark(',')) continue;
    cursor.needMark(close);
    break;
  }
  return items;
}

function readTerm(cursor: Cursor, names: Names): unknown {
  if (cursor.takeMark('{')) return readObject(cursor, names);
  if (cursor.takeMark('[')) return readList(cursor, ']', () => readLiteral(cursor, names));
  const text = cursor.takeString();
  if (text !== undefined) return text;
  const digits = cursor.take(number);
  if (digits !== undefined) return Number(digits);
  const word = cursor.takeName() ?? cursor.failHere(notLiteral);
  if (words.has(word)) return words.get(word);
  // The only function that is called: it returns its arguments.
  if (word === 'toolList' && cursor.takeMark('('))
    return readList(cursor, ')', () => readLiteral(cursor, names));
  return valueOf(word, cursor, names);
}

function valueOf(word: string, cursor: Cursor, names: Names): unknown {
  if (names !== undefined && !names.has(word)) cursor.fail(notLiteral);
  return names?.get(word);
}

function readObject(cursor: Cursor, names: Names): Record<string, unknown> {
  const entries = readList(cursor, '}', () => readMember(cursor, names));
  const object = Object.fromEntries(entries);
  if (Object.keys(object).length < entries.length) cursor.fail('a duplicate member');
  return object;
}

function readMember(cursor: Cursor, names: Names): [string, unknown] {
  if (cursor.takeMark('[')) {
    const key = readLiteral(cursor, noNames);
    cursor.needMark(']');
    cursor.needMark(':');
    return typeof key === 'string' ? [key, readLiteral(cursor, names)] : cursor.fail(notLiteral);
  }
  const quoted = cursor.takeString();
  const key = quoted ?? cursor.takeName() ?? cursor.failHere(notLiteral);
  // Spelt like this, it sets the prototype instead of a member.
  if (key === '__proto__') cursor.fail(notLiteral);
  if (cursor.takeMark(':')) return [key, readLiteral(cursor, names)];
  return quoted === undefined ? [key, valueOf(key, cursor, names)] : cursor.fail(notLiteral);
}

const notLiteral = 'an expression that is not a literal';
