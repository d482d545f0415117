import { formatPointer } from '../../pointer.js';
import type { Json, Report } from '../document.js';
import { maxDepth } from '../limits.js';
import { duplicateKey, forbiddenKey, invalidSyntax, tooDeep } from '../problems.js';
import { lineIndex } from './lines.js';

/** Reads strict JSON; nothing when it is not that. */
export function parseJson(text: string, place: string, report: Report): Json | undefined {
  const value = strictly(text);
  if (value === undefined) return undefined;
  scanJson(text, place, report);
  clean(value, [], { place, report });
  return value;
}

function strictly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Context {
  readonly place: string;
  readonly report: Report;
}

/** Takes out what `JSON.parse` lets through and nobody should meet later; what it gives is JSON otherwise. */
function clean(value: unknown, path: string[], context: Context): asserts value is Json {
  const at = () => `${context.place}${formatPointer(path)}`;
  if (path.length > maxDepth) throw tooDeep(context.place);
  // 1e999 is well-formed, and Infinity to JavaScript.
  if (value === Infinity || value === -Infinity)
    throw invalidSyntax('A number is too large.', at());
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) {
    Reflect.deleteProperty(value, '__proto__');
    context.report(forbiddenKey(at()));
  }
  const children: [string, unknown][] = Object.entries(value);
  for (const [key, child] of children) {
    path.push(key);
    clean(child, path, context);
    path.pop();
  }
}

/** Strings and the marks around them; all else in JSON neither nests nor names anything. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** Reports keys that stand twice in one object, which `JSON.parse` does not tell; the text is valid JSON. */
function scanJson(text: string, place: string, report: Report): void {
  const open: (Set<string> | undefined)[] = [];
  const lineOf = lineIndex(text);
  let last = '';
  let at = 0;
  for (const match of text.matchAll(token)) {
    const mark = match[0];
    if (mark === '{') open.push(new Set());
    else if (mark === '[') open.push(undefined);
    else if (mark === '}' || mark === ']') open.pop();
    else if (mark === ':') note(open.at(-1), last, () => `${place}:${lineOf(at)}`, report);
    else if (mark !== ',') [last, at] = [mark, match.index];
  }
}

function note(
  keys: Set<string> | undefined,
  quoted: string,
  place: () => string,
  report: Report,
): void {
  const key = quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
  if (keys?.has(key)) report(duplicateKey(key, place()));
  keys?.add(key);
}
