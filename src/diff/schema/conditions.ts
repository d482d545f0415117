import { isDeepStrictEqual } from 'node:util';
import { array, object, own, type Json } from '../../json.js';
import type { Finding } from '../change.js';
import { find, show, shown } from '../show.js';
import { match } from './match.js';
import type { Pair, Rule } from './pair.js';

/** Changes of additional conditions. */
export const conditions: Rule = {
  keywords: ['allOf', 'not', 'if', 'then', 'else', 'dependentSchemas'],
  compare: (pair) => [
    ...compareConjuncts(pair),
    ...compareNegation(pair),
    ...compareIf(pair),
    ...compareDependent(pair),
  ],
};

function compareConjuncts(pair: Pair): Finding[] {
  const { before, after, place, compare, fits } = pair;
  const { pairs, removed, added } = match(array(before['allOf']), array(after['allOf']), [
    (a, b) => isDeepStrictEqual(a, b),
    (a, b) => fits(a, b),
    (a, b) => Object.keys(object(a)).join() === Object.keys(object(b)).join(),
  ]);
  const isNews = (schema: Json) => !fits(before, schema);
  return [
    ...pairs.flatMap(([a, b]) => compare(a, b, place)),
    ...removed.map((schema) => condition(pair, 'DROPPED', schema)),
    ...added.filter(isNews).map((schema) => condition(pair, 'ADDED', schema)),
  ];
}

/** A negation that refuses less accepts more; reports from inside a negation would be inverted. */
function compareNegation(pair: Pair): Finding[] {
  const [had, has] = [pair.before['not'], pair.after['not']];
  if (had === undefined) return has === undefined ? [] : [condition(pair, 'ADDED', { not: has })];
  if (has === undefined) return [condition(pair, 'DROPPED', { not: had })];
  return pair.differs(had, has) ? [changed(pair, 'not')] : [];
}

function compareIf(pair: Pair): Finding[] {
  const { before, after, place, compare, differs } = pair;
  const [had, has] = [before['if'], after['if']];
  if (had === undefined) return has === undefined ? [] : [condition(pair, 'ADDED', { if: has })];
  if (has === undefined) return [condition(pair, 'DROPPED', { if: had })];
  if (differs(had, has)) return [changed(pair, 'if')];
  return ['then', 'else'].flatMap((keyword) =>
    compare(before[keyword] ?? true, after[keyword] ?? true, place),
  );
}

function compareDependent(pair: Pair): Finding[] {
  const [had, has] = [
    object(pair.before['dependentSchemas']),
    object(pair.after['dependentSchemas']),
  ];
  return [...new Set([...Object.keys(had), ...Object.keys(has)])].flatMap((name) => {
    const [a, b] = [own(had, name), own(has, name)];
    if (a === undefined || b === undefined)
      return condition(pair, a === undefined ? 'ADDED' : 'DROPPED', {
        dependentSchemas: { [name]: a ?? b ?? true },
      });
    return pair.compare(a, b, pair.place);
  });
}

function condition({ place }: Pair, fate: 'ADDED' | 'DROPPED', schema: Json): Finding {
  const text = show(schema);
  return fate === 'ADDED'
    ? find('CONDITION_ADDED', place, `must also match ${text}`, { after: text })
    : find('CONDITION_DROPPED', place, `no longer needs to match ${text}`, { before: text });
}

function changed({ before, after, place }: Pair, keyword: string): Finding {
  const values = shown(before[keyword], after[keyword]);
  return find('SCHEMA_CHANGED', place, `has a different condition (${keyword})`, values);
}
