import { InputError } from '../../errors.js';
import type { JsonObject } from '../document.js';
import { childOf, isObject } from '../../json.js';

/** Makes sure that the document describes requests that can be made at all. */
export function requirePaths(document: JsonObject, place: string): void {
  if (countOf(document, 'paths') > 0) return;
  const hooks = countOf(document, 'webhooks') > 0 || countOf(document, 'x-webhooks') > 0;
  const message = hooks
    ? 'The document has webhooks only, which the API calls and nobody else.'
    : 'The document has no paths, so there is nothing to call.';
  const remedy = 'Add paths with operations, or give the document that has them.';
  throw new InputError({ code: 'NO_PATHS', message, place: `${place}#/paths`, remedy });
}

function countOf(document: JsonObject, field: string): number {
  const value = childOf(document, field);
  if (!isObject(value)) return 0;
  return Object.keys(value).filter((key) => !key.startsWith('x-')).length;
}
