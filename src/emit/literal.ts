import { columnsOf } from './columns.js';
import { printKey, printScalar } from './print.js';

/** The `printWidth` of generated projects; their package.json sets the same for the user's prettier. */
export const lineWidth = 100;

/** Prettier never breaks the line after a key of at most this many columns: it would gain almost nothing. */
const shortKey = 4;

/** An object on several lines, however short it is, in prettier's layout. `indent` is that of its last line. */
export function printObject(value: object, indent = '', print = printMember): string {
  const inner = `${indent}  `;
  const lines = membersOf(value).map(([key, member]) => `${print(key, member, inner)},`);
  return `{\n${lines.map((line) => `${inner}${line}\n`).join('')}${indent}}`;
}

/** A member of such an object, without the indent before it or the comma after it. */
export function printMember(key: string, value: unknown, indent: string): string {
  const name = printKey(key);
  const column = indent.length + columnsOf(name) + 2;
  const line = flat(value, lineWidth - column - 1);
  if (line !== undefined) return `${name}: ${line.text}`;
  if (SCHEMAS.has(name) && hasMembers(value) && !Array.isArray(value))
    return `${name}: ${printObject(value, indent, printSchema)}`;
  if (!leavesKey(name, value, column)) return `${name}: ${unfold(value, indent)}`;
  const deeper = `${indent}  `;
  return `${name}:\n${deeper}${printItem(value, deeper)}`;
}

/** Keys whose members are schemas. */
const SCHEMAS = new Set(['$defs', 'properties']);

/** The last member that each schema was printed as: many tools have the same ones. */
const schemas = new WeakMap<object, readonly [name: string, indent: string, text: string]>();

function printSchema(name: string, value: unknown, indent: string): string {
  if (!hasMembers(value)) return printMember(name, value, indent);
  const [knownName, knownIndent, known] = schemas.get(value) ?? [];
  if (known !== undefined && knownName === name && knownIndent === indent) return known;
  const text = printMember(name, value, indent);
  schemas.set(value, [name, indent, text]);
  return text;
}

/** Whether a value that does not fit beside its key begins a new line. */
function leavesKey(name: string, value: unknown, column: number): boolean {
  if (columnsOf(name) <= shortKey || typeof value === 'boolean') return false;
  // Prettier keeps a number with its key, but takes a minus for an operator.
  if (typeof value === 'number') return value < 0 || Object.is(value, -0);
  return !hasMembers(value) || column + 1 > lineWidth;
}

/** A value at the beginning of a line, without the comma after it. */
function printItem(value: unknown, indent: string): string {
  return flat(value, lineWidth - indent.length - 1)?.text ?? unfold(value, indent);
}

/** A value on as many lines as it needs. */
function unfold(value: unknown, indent: string): string {
  if (!hasMembers(value)) return printAtom(value);
  if (!Array.isArray(value)) return printObject(value, indent);
  const inner = `${indent}  `;
  const lines = value.every((item) => typeof item === 'number')
    ? fill(value, lineWidth - inner.length)
    : value.map((item) => `${printItem(item, inner)},`);
  return `[\n${lines.map((line) => `${inner}${line}\n`).join('')}${indent}]`;
}

/** Numbers with their commas, as many on each line as fit. */
function fill(numbers: readonly number[], room: number): string[] {
  const lines: string[] = [];
  for (const number of numbers) {
    const [last, text] = [lines.at(-1), `${printScalar(number)},`];
    if (last === undefined || last.length + 1 + text.length > room) lines.push(text);
    else lines.push(`${lines.pop() ?? ''} ${text}`);
  }
  return lines;
}

interface Line {
  readonly text: string;
  readonly columns: number;
}

/** A value on one line; undefined if it does not fit, or prettier would break it anyway. */
function flat(value: unknown, room: number): Line | undefined {
  if (!hasMembers(value)) return fitting(printAtom(value), room);
  const isList = Array.isArray(value);
  if (isList && isTable(value)) return undefined;
  const parts = membersOf(value).map(
    ([key, member]) => [isList ? '' : `${printKey(key)}: `, member] as const,
  );
  return join(isList ? ['[', ']'] : ['{ ', ' }'], parts, room);
}

function join(
  [open, close]: readonly [string, string],
  parts: readonly (readonly [label: string, value: unknown])[],
  room: number,
): Line | undefined {
  let text = open;
  let columns = open.length + close.length;
  for (const [index, [label, value]] of parts.entries()) {
    const before = `${index === 0 ? '' : ', '}${label}`;
    columns += columnsOf(before);
    const line = flat(value, room - columns);
    if (line === undefined) return undefined;
    text += before + line.text;
    columns += line.columns;
  }
  return { text: text + close, columns };
}

function fitting(text: string, room: number): Line | undefined {
  const columns = columnsOf(text);
  return columns <= room ? { text, columns } : undefined;
}

/** Several lists, or several objects, with more than one member each: prettier puts each on its own line. */
function isTable(items: readonly unknown[]): boolean {
  const isRow = (item: unknown) =>
    hasMembers(item) &&
    membersOf(item).length > 1 &&
    Array.isArray(item) === Array.isArray(items[0]);
  return items.length > 1 && items.every(isRow);
}

function printAtom(value: unknown): string {
  if (typeof value !== 'object' || value === null) return printScalar(value);
  return Array.isArray(value) ? '[]' : '{}';
}

function hasMembers(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(members)) if (members[key] !== undefined) return true;
  return false;
}

/** The members of an object or a list; undefined ones are omitted. */
function membersOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}
