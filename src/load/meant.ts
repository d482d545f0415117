import { nearest } from '../../templates/src/runtime/nearest.js';
import { childOf, isObject } from '../json.js';
import type { Json } from './document.js';

/** The beginning of a remedy for a path that leads nowhere: the name most similar to its first unknown one, or ''. */
export function suggestMember(root: Json, path: readonly string[]): string {
  let value: Json = root;
  for (const name of path) {
    const next = childOf(value, name);
    if (next === undefined) return isObject(value) ? suggest(name, value) : '';
    value = next;
  }
  return '';
}

function suggest(name: string, holder: object): string {
  const meant = nearest(name, Object.keys(holder));
  return meant === undefined ? '' : `Did you mean ${JSON.stringify(meant)}? `;
}

/** One name of a JSONPath: `.name`, `['name']`, `["name"]` or `[0]`. */
const segment = /\.([\w-]+)|\['([^'\\]*)'\]|\["([^"\\]*)"\]|\[(\d+)\]/y;

/** The names of a JSONPath that selects by nothing else; undefined if it has wildcards, filters or escapes. */
export function namesOfPath(text: string): string[] | undefined {
  const names: string[] = [];
  segment.lastIndex = 1;
  for (let found = segment.exec(text); found !== null; found = segment.exec(text)) {
    names.push(found.slice(1).join(''));
    if (segment.lastIndex === text.length) return names;
  }
  return undefined;
}
