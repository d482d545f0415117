import { lineIndex } from './lines.js';
import type { Report } from '../document.js';
import { duplicateKey } from '../problems.js';

/** Strings and the marks around them; all else in JSON neither nests nor names anything. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** Reports keys that stand twice in one object, which `JSON.parse` does not tell; the text is valid JSON. */
export function scanJson(text: string, place: string, report: Report): void {
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
