import { array, type Json, type JsonObject } from '../../json.js';
import type { Finding } from '../change.js';
import { find } from '../show.js';
import type { Pair, Rule } from './pair.js';
import { admits } from './types.js';

const COUNTS = ['minContains', 'maxContains'];

/** Changes of the items of an array. */
export const items: Rule = {
  keywords: ['items', 'prefixItems', 'unevaluatedItems', 'contains', ...COUNTS],
  compare: (pair) => {
    const { before, after, place, compare } = pair;
    if (!admits(before, 'array') || !admits(after, 'array')) return [];
    const each = (keyword: string) =>
      compare(before[keyword] ?? true, after[keyword] ?? true, `${place}[]`);
    return [
      ...comparePrefix(pair),
      ...each('items'),
      ...each('unevaluatedItems'),
      ...compareContains(pair),
    ];
  },
};

function comparePrefix({ before, after, place, compare }: Pair): Finding[] {
  const length = Math.max(prefixOf(before).length, prefixOf(after).length);
  return Array.from({ length }, (_, index) =>
    compare(itemAt(before, index), itemAt(after, index), `${place}[${index}]`),
  ).flat();
}

function prefixOf(schema: JsonObject): readonly Json[] {
  return array(schema['prefixItems']);
}

function itemAt(schema: JsonObject, index: number): Json {
  return prefixOf(schema)[index] ?? schema['items'] ?? true;
}

/** Changes of how many items must match a schema: with an upper bound, matching more means accepting less. */
function compareContains({ before, after, place, differs }: Pair): Finding[] {
  const [had, has] = [before['contains'], after['contains']];
  if (had === undefined && has === undefined) return [];
  if (had === undefined) return [find('CONDITION_ADDED', place, 'must now contain certain items')];
  // Items that match `contains` are not among the unevaluated ones (core, section 10.3.1.3).
  if (has === undefined && after['unevaluatedItems'] !== undefined)
    return [find('SCHEMA_CHANGED', place, 'may no longer contain certain items')];
  if (has === undefined)
    return [find('CONDITION_DROPPED', place, 'no longer needs to contain certain items')];
  const isCounted = COUNTS.some((keyword) => before[keyword] !== after[keyword]);
  if (!isCounted && !differs(had, has)) return [];
  return [find('SCHEMA_CHANGED', place, 'must now contain different items')];
}
