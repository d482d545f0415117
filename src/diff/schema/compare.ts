import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../json.js';
import type { Finding } from '../change.js';
import { find, shorten, show, shown } from '../show.js';
import { alternatives, areAlternatives, compareAlternatives, isWrapping } from './alternatives.js';
import { conditions } from './conditions.js';
import { items } from './items.js';
import { limits } from './limits.js';
import { members } from './members.js';
import { compareNotes, isMeaning, NOTES } from './notes.js';
import type { Pair, Rule } from './pair.js';
import { texts } from './texts.js';
import { compareTypes, compareValues } from './types.js';
import { severityOf } from '../codes.js';
import { written } from './written.js';

/** Compares two schemas of the same place. */
export type CompareSchemas = (before: Json, after: Json, place: string) => Finding[];

const RULES: readonly Rule[] = [texts, limits, members, items, conditions, alternatives];

const KNOWN: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', '$defs', ...NOTES],
  ...RULES.flatMap(({ keywords }) => keywords),
]);

/** Below this depth, or after this many schemas of one tool, any difference counts as a change. */
const DEEPEST = 64;
const MOST = 20_000;

/** The current position of a comparison. */
interface State {
  readonly depth: number;
  /** Pairs of schemas with references that were already compared, for recursion. */
  readonly seen: Set<string>;
  /** Nothing is reported; only the outcome counts. */
  readonly isTrial: boolean;
}

/**
 * A comparison of the schemas of one tool, given their definitions. A change of a shared definition is reported once
 * per call, where it is first reached.
 */
export function createComparison(before: JsonObject, after: JsonObject): CompareSchemas {
  let left = MOST;
  const areSame = isDeepStrictEqual(before, after);
  const write = {
    before: createWriter(before, 'before'),
    after: createWriter(after, areSame ? 'before' : 'after'),
  };
  return (a, b, place) => compare(a, b, place, { depth: 0, seen: new Set(), isTrial: false });

  function compare(a: Json, b: Json, place: string, state: State): Finding[] {
    if (isMet(a, b, state.seen)) return [];
    left -= 1;
    if (state.depth > DEEPEST || left < 0) return unexamined(a, b, place);
    const [had, has] = [write.before(a), write.after(b)];
    const pair = pairOf(had, has, place, { ...state, depth: state.depth + 1 });
    return [...compareMeanings(pair), ...(isWrapping(pair) ? [] : compareNotes(had, has, place))];
  }

  function pairOf(had: JsonObject, has: JsonObject, place: string, state: State): Pair {
    const inTrial = (a: Json, b: Json) => {
      const seen = new Set(state.isTrial ? state.seen : []);
      return compare(a, b, place, { ...state, seen, isTrial: true });
    };
    return {
      before: had,
      after: has,
      place,
      compare: (a, b, below) => compare(a, b, below, state),
      fits: (a, b) => inTrial(a, b).every(({ code }) => severityOf(code) !== 'breaking'),
      differs: (a, b) => inTrial(a, b).some(isMeaning),
      write,
    };
  }

  /** A part that is not compared counts as changed if anything in it could be. */
  function unexamined(a: Json, b: Json, place: string): Finding[] {
    if (areSame && isDeepStrictEqual(a, b)) return [];
    return [find('SCHEMA_CHANGED', place, 'is too large to determine what changed')];
  }
}

/** Alternatives are compared repeatedly. */
function createWriter(definitions: JsonObject, version: string): (schema: Json) => JsonObject {
  const known = new Map<Json, JsonObject>();
  return (schema) => {
    const result = known.get(schema) ?? written(schema, definitions, version);
    known.set(schema, result);
    return result;
  };
}

function isMet(a: Json, b: Json, seen: Set<string>): boolean {
  const key = JSON.stringify([a, b]);
  if (!key.includes('"$ref"')) return false;
  const isKnown = seen.has(key);
  seen.add(key);
  return isKnown;
}

function compareMeanings(pair: Pair): Finding[] {
  const extreme = compareExtremes(pair);
  if (extreme !== undefined) return extreme;
  if (areAlternatives(pair)) return compareAlternatives(pair);
  const types = compareTypes(pair);
  if (types.some(({ code }) => code === 'TYPE_CHANGED')) return types;
  return [
    ...types,
    ...compareValues(pair),
    ...RULES.flatMap((rule) => rule.compare(pair)),
    ...compareUnknown(pair),
  ];
}

/** A keyword with an unknown meaning is assumed to matter. */
function compareUnknown({ before, after, place }: Pair): Finding[] {
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (keyword) => !KNOWN.has(keyword) && !isDeepStrictEqual(before[keyword], after[keyword]),
  );
  return keywords.map((keyword) => {
    const text = `has a different ${shorten(keyword)}, whose effect is not known`;
    return find('SCHEMA_CHANGED', place, text, shown(before[keyword], after[keyword]));
  });
}

/** A change from or to a schema that accepts anything, or nothing: no single keyword would express it. */
function compareExtremes({ before, after, place }: Pair): Finding[] | undefined {
  const [had, has] = [extentOf(before), extentOf(after)];
  if (had === has) return had === 'some' ? undefined : [];
  if (has === 'all' || had === 'none') {
    const all = has === 'all' ? 'anything' : show(after);
    return [find('TYPE_WIDENED', place, `now accepts ${all}`)];
  }
  const only = has === 'none' ? 'nothing' : `only ${show(after)}`;
  return [find('TYPE_NARROWED', place, `now accepts ${only}`)];
}

type Extent = 'all' | 'some' | 'none';

function extentOf(schema: JsonObject): Extent {
  const { not } = schema;
  if (typeof not === 'object' && not !== null && Object.keys(not).length === 0) return 'none';
  return Object.keys(schema).every((keyword) => NOTES.includes(keyword)) ? 'all' : 'some';
}
