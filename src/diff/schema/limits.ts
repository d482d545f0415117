import type { JsonObject } from '../../json.js';
import type { Finding } from '../change.js';
import { find, show } from '../show.js';
import type { Pair, Rule } from './pair.js';
import { admits } from './types.js';

/** One end of the allowed range. */
interface Limit {
  /** The keyword and its exclusive counterpart. */
  readonly keywords: readonly string[];
  readonly end: 'lower' | 'upper';
  /** The type it applies to. */
  readonly type: string;
  /** The bound without the keyword; default: unlimited. */
  readonly unset?: number;
}

const LIMITS: readonly Limit[] = [
  { keywords: ['minimum', 'exclusiveMinimum'], end: 'lower', type: 'integer' },
  { keywords: ['maximum', 'exclusiveMaximum'], end: 'upper', type: 'integer' },
  { keywords: ['minLength'], end: 'lower', type: 'string', unset: 0 },
  { keywords: ['maxLength'], end: 'upper', type: 'string' },
  { keywords: ['minItems'], end: 'lower', type: 'array', unset: 0 },
  { keywords: ['maxItems'], end: 'upper', type: 'array' },
  { keywords: ['minProperties'], end: 'lower', type: 'object', unset: 0 },
  { keywords: ['maxProperties'], end: 'upper', type: 'object' },
];

/** Changes of bounds, steps and uniqueness. */
export const limits: Rule = {
  keywords: [...LIMITS.flatMap(({ keywords }) => keywords), 'multipleOf', 'uniqueItems'],
  compare: (pair) => [
    ...LIMITS.flatMap((limit) => compareLimit(limit, pair)),
    ...compareSteps(pair),
    ...compareUniqueness(pair),
  ],
};

function compareLimit(limit: Limit, pair: Pair): Finding[] {
  const { before, after, place } = pair;
  if (!admits(before, limit.type) || !admits(after, limit.type)) return [];
  const [had, has] = [boundOf(limit, before), boundOf(limit, after)];
  const order = compareBounds(limit, had, has);
  return order === 0 ? [] : [moved(order > 0, had.text, has.text, place)];
}

interface Bound {
  readonly value: number;
  readonly strict: boolean;
  readonly text: string;
}

/** The stricter of the keyword and its exclusive counterpart. */
function boundOf(limit: Limit, schema: JsonObject): Bound {
  const { keywords, end, unset } = limit;
  const bounds = keywords.flatMap((keyword, index) => {
    const value = schema[keyword];
    if (typeof value !== 'number') return [];
    return [{ value, strict: index > 0, text: `${keyword} ${value}` }];
  });
  const nothing = unset ?? (end === 'lower' ? -Infinity : Infinity);
  const none = { value: nothing, strict: false, text: `no ${keywords[0] ?? ''}` };
  return bounds.reduce(
    (strictest: Bound, bound) => (compareBounds(limit, strictest, bound) > 0 ? bound : strictest),
    none,
  );
}

/** Positive when the second bound is stricter. */
function compareBounds({ end }: Limit, a: Bound, b: Bound): number {
  if (a.value === b.value) return Number(b.strict) - Number(a.strict);
  return (end === 'lower' ? b.value > a.value : b.value < a.value) ? 1 : -1;
}

function moved(tighter: boolean, before: string, after: string, place: string): Finding {
  return find(
    tighter ? 'LIMIT_TIGHTENED' : 'LIMIT_LOOSENED',
    place,
    `now accepts ${tighter ? 'less' : 'more'}: ${after} instead of ${before}`,
    { before, after },
  );
}

/** A step that divides the previous one still allows all of its values. */
function compareSteps({ before, after, place }: Pair): Finding[] {
  const [had, has] = [before['multipleOf'], after['multipleOf']];
  if (had === has || !admits(before, 'integer') || !admits(after, 'integer')) return [];
  const divides = typeof had === 'number' && typeof has === 'number' && had % has === 0;
  const text = (step: typeof had) => (step === undefined ? 'any step' : `multipleOf ${show(step)}`);
  return [moved(has !== undefined && !divides, text(had), text(has), place)];
}

function compareUniqueness({ before, after, place }: Pair): Finding[] {
  const [had, has] = [before['uniqueItems'] === true, after['uniqueItems'] === true];
  if (had === has || !admits(before, 'array') || !admits(after, 'array')) return [];
  const text = (unique: boolean) => (unique ? 'unique items' : 'repeated items');
  return [moved(has, text(had), text(has), place)];
}
