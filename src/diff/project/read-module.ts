import { Cursor, Unreadable } from './cursor.js';
import { readList, readLiteral, readType, type Names } from './read-literal.js';

/** A module that exports one constant. */
interface LiteralModule {
  /** The names that it imports as values, and their modules. */
  readonly imports: ReadonlyMap<string, string>;
  /** The name of the constant. */
  readonly name: string;
  readonly value: unknown;
}

const otherStatement = 'a statement that this program does not print';
const otherImport = 'an import that this program does not print';

/**
 * Reads a module in the form that `src/generated` uses: imports, types, and one constant, in which names have these
 * values. Every statement must end in a semicolon, so that no line break ends a statement early. @throws Unreadable
 */
export function readModule(content: string, names: Names): LiteralModule {
  const cursor = new Cursor(content);
  const imports = new Map<string, string>();
  let constant: Pick<LiteralModule, 'name' | 'value'> | undefined;
  while (!cursor.isAtEnd) {
    const word = cursor.takeName() ?? cursor.failHere(otherStatement);
    if (word === 'import') readImport(cursor, imports);
    else if (word === 'const') readAwaitedImport(cursor, imports);
    else if (word !== 'export') cursor.fail(otherStatement);
    else if (readExport(cursor) === 'const') {
      if (constant !== undefined) cursor.fail('a second constant');
      constant = readConstant(cursor, names);
    }
    cursor.needMark(';');
  }
  if (constant === undefined) throw new Unreadable('no constant');
  return { imports, ...constant };
}

/** `import { name } from '…'`, or the same with `type`, which is irrelevant here. */
function readImport(cursor: Cursor, imports: Map<string, string>): void {
  const isType = !cursor.takeMark('{');
  if (isType) {
    cursor.needName('type', otherImport);
    cursor.needMark('{', otherImport);
  }
  readImported(cursor, isType ? new Map<string, string>() : imports);
}

function readImported(cursor: Cursor, imports: Map<string, string>): void {
  const names = readNames(cursor);
  cursor.needName('from', otherImport);
  const from = cursor.takeString() ?? cursor.failHere(otherImport);
  for (const name of names) imports.set(name, from);
}

/** `const { name } = await import('…')`: used for very long lists of tools, to import them one after another. */
function readAwaitedImport(cursor: Cursor, imports: Map<string, string>): void {
  cursor.needMark('{', otherStatement);
  const names = readNames(cursor);
  cursor.needMark('=');
  cursor.needName('await', otherStatement);
  cursor.needName('import', otherStatement);
  cursor.needMark('(');
  const from = cursor.takeString() ?? cursor.failHere(otherImport);
  cursor.needMark(')');
  for (const name of names) imports.set(name, from);
}

/** The values among imported names: a name after `type` is irrelevant here. */
function readNames(cursor: Cursor): string[] {
  const names = readList(cursor, '}', () => {
    const name = cursor.takeName() ?? cursor.failHere(otherImport);
    if (cursor.takeName() === undefined) return [name];
    if (name !== 'type') cursor.fail('an import under another name');
    return [];
  });
  return names.flat();
}

/** The word after `export`; a type is consumed whole. */
function readExport(cursor: Cursor): string {
  const word = cursor.takeName();
  if (word === 'const') return word;
  if (word !== 'type') cursor.failHere('a declaration that this program does not print');
  readType(cursor);
  cursor.needMark('=');
  let part = cursor.takeName();
  if (part === 'keyof') part = cursor.takeName();
  if (part !== 'typeof') cursor.failHere('a type that this program does not print');
  readType(cursor);
  return 'type';
}

function readConstant(cursor: Cursor, names: Names): Pick<LiteralModule, 'name' | 'value'> {
  const name =
    cursor.takeName() ?? cursor.failHere('a declaration that this program does not print');
  if (cursor.takeMark(':')) readType(cursor);
  cursor.needMark('=');
  return { name, value: readLiteral(cursor, names) };
}
