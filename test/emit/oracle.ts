import { format } from 'prettier';
import { ts } from 'ts-morph';
import type { OutputFile } from '../../src/emit/file.js';
import { printKey, printString } from '../../src/emit/print.js';

// Prettier decides how a generated file must look. The compiler decides whether it is TypeScript.

/** The options that the package.json of a generated project gives to the user's own prettier. */
const style = { singleQuote: true, printWidth: 100 };

/** TypeScript formatted by prettier. */
export function prettified(code: string): Promise<string> {
  return format(code, { ...style, parser: 'babel-ts' });
}

/** A literal on one line, in double quotes, before prettier has formatted it. */
export function oneLine(value: unknown): string {
  if (typeof value === 'string') return printString(value);
  if (typeof value !== 'object' || value === null)
    return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${printKey(key)}: ${oneLine(member)}`).join(', ')}}`;
}

/** The files of `src/generated` that prettier would print differently, or that are not TypeScript. */
export async function faultsOf(files: readonly OutputFile[]): Promise<string[]> {
  const faults: string[] = [];
  for (const { path, content } of files.filter(isGenerated)) {
    if ((await prettified(folded(path, content))) !== content) faults.push(`${path}: layout`);
    const { diagnostics = [] } = ts.transpileModule(content, { reportDiagnostics: true });
    if (diagnostics.length > 0) faults.push(`${path}: syntax`);
  }
  return faults;
}

function isGenerated({ path }: OutputFile): boolean {
  return path.startsWith('src/generated/');
}

/**
 * A file with every literal on one line, since prettier keeps an object expanded that has a line break after its first
 * brace. The two lists of tools are such objects, and a string never contains a line break.
 */
function folded(path: string, content: string): string {
  const isTool = path.startsWith('src/generated/tools/');
  return content.replace(isTool ? /\n +|\n(?=\})/g : /\n(?: {4,}| +(?=[)\]}]))/g, ' ');
}
