import { isDeepStrictEqual } from 'node:util';
import { array, object, type Json, type JsonObject } from '../../json.js';
import type { Finding } from '../change.js';
import { find, show, shorten } from '../show.js';
import { match } from './match.js';
import { NOTES } from './notes.js';
import type { Pair, Rule } from './pair.js';
import { valuesOf } from './types.js';

type Union = 'anyOf' | 'oneOf';

const UNIONS: readonly Union[] = ['anyOf', 'oneOf'];

/** Changes of alternatives that are beside other keywords. */
export const alternatives: Rule = {
  keywords: UNIONS,
  compare: (pair) => {
    const [had, has] = [unionsOf(pair.before), unionsOf(pair.after)];
    if (had.length === 1 && has.length === 1) return compareUnion(pair, had[0], has[0]);
    return UNIONS.flatMap((union) => compareUnion(pair, had.find(is(union)), has.find(is(union))));
  },
};

/** Whether one of them consists only of alternatives, and the other does too, or has none. */
export function areAlternatives({ before, after }: Pair): boolean {
  const isList = (schema: JsonObject) =>
    unionsOf(schema).length === 1 &&
    Object.keys(schema).every((keyword) => UNIONS.some(is(keyword)) || NOTES.includes(keyword));
  const isEither = (schema: JsonObject) => isList(schema) || unionsOf(schema).length === 0;
  return (isList(before) || isList(after)) && isEither(before) && isEither(after);
}

/** Whether a schema became one of several alternatives, or the only one: its description then moved. */
export function isWrapping(pair: Pair): boolean {
  const unions = [pair.before, pair.after].filter((schema) => unionsOf(schema).length > 0);
  return areAlternatives(pair) && unions.length === 1;
}

/** Changes of alternatives. A schema without a list of alternatives counts as one, or as one per type. */
export function compareAlternatives(pair: Pair): Finding[] {
  const [had, has] = [unionsOf(pair.before)[0], unionsOf(pair.after)[0]];
  const found = compareLists(pair, listOf(pair.before, had), listOf(pair.after, has));
  if (!isWrapping(pair)) return [...found, ...compareKinds(pair, had, has)];
  return found.filter(({ code, place }) => code !== 'WORDING' || place !== pair.place);
}

function is(keyword: string): (union: Union) => boolean {
  return (union) => union === keyword;
}

function unionsOf(schema: JsonObject): Union[] {
  return UNIONS.filter((union) => Array.isArray(schema[union]));
}

function listOf(schema: JsonObject, union: Union | undefined): readonly Json[] {
  if (union !== undefined) return array(schema[union]);
  const { type } = schema;
  return Array.isArray(type) ? type.map((single) => ({ ...schema, type: single })) : [schema];
}

function compareUnion(pair: Pair, had: Union | undefined, has: Union | undefined): Finding[] {
  const { before, after, place } = pair;
  if (had !== undefined && has !== undefined)
    return [
      ...compareLists(pair, listOf(before, had), listOf(after, has)),
      ...compareKinds(pair, had, has),
    ];
  const one = 'match one of several schemas';
  if (has !== undefined) return [find('CONDITION_ADDED', place, `must now ${one}`)];
  return had === undefined ? [] : [find('CONDITION_DROPPED', place, `no longer needs to ${one}`)];
}

function compareKinds({ place }: Pair, had: Union | undefined, has: Union | undefined): Finding[] {
  if (had === undefined || has === undefined || had === has) return [];
  return has === 'oneOf'
    ? [find('CONDITION_ADDED', place, 'must now match only one alternative')]
    : [find('CONDITION_DROPPED', place, 'may now match more than one alternative')];
}

function compareLists(pair: Pair, before: readonly Json[], after: readonly Json[]): Finding[] {
  const named = match(before, after, [
    (a, b) => isDeepStrictEqual(a, b),
    (a, b) => isSame(identityOf(a), identityOf(b)),
    (a, b) => areTagged(pair.write.before(a), pair.write.after(b)),
    (a, b) => pair.fits(a, b),
  ]);
  const lone = loneTypes(named.removed, pair.write.before);
  const loneNow = loneTypes(named.added, pair.write.after);
  // The only alternative of its type became the only one of that type.
  const { pairs, removed, added } = match(named.removed, named.added, [
    (a, b) =>
      isSame(lone.get(a), loneNow.get(b)) &&
      (identityOf(a) === undefined || identityOf(b) === undefined),
  ]);
  const lost = removed.filter((a) => !after.some((b) => pair.fits(a, b)));
  return [
    ...[...named.pairs, ...pairs].flatMap(([a, b]) => pair.compare(a, b, pair.place)),
    ...lost.map((schema) => removal(schema, pair)),
    ...added.map((schema) => addition(schema, pair)),
  ];
}

/** The types of those schemas that have exactly one type, which none of the others has. */
function loneTypes(
  schemas: readonly Json[],
  write: (schema: Json) => JsonObject,
): ReadonlyMap<Json, Json> {
  const types = schemas.map((schema) => write(schema)['type']);
  return new Map(
    schemas.flatMap((schema, index) => {
      const type = types[index];
      const isLone = typeof type === 'string' && types.indexOf(type) === types.lastIndexOf(type);
      return isLone ? [[schema, type] as const] : [];
    }),
  );
}

/** The label of an alternative: the name of its definition, or its title. */
function identityOf(schema: Json): Json | undefined {
  const { $ref: reference, title } = object(schema);
  return reference ?? title;
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && a === b;
}

/** Alternatives of objects are distinguished by a property with a single value in each. */
function areTagged(a: JsonObject, b: JsonObject): boolean {
  const [tags, others] = [tagsOf(a), tagsOf(b)];
  return [...tags].some(([name, tag]) => others.get(name) === tag);
}

function tagsOf(schema: JsonObject): Map<string, string> {
  return new Map(
    Object.entries(object(schema['properties'])).flatMap(([name, property]) => {
      const values = valuesOf(object(property)) ?? [];
      return values.length === 1 ? [[name, JSON.stringify(values[0])] as const] : [];
    }),
  );
}

function removal(schema: Json, { place, write }: Pair): Finding {
  if (isNull(write.before(schema))) return find('NULL_REFUSED', place, 'can no longer be null');
  const before = nameOf(schema, write.before);
  const text = `no longer accepts the alternative ${before}`;
  return find('ALTERNATIVE_REMOVED', place, text, { before });
}

function addition(schema: Json, { place, write }: Pair): Finding {
  if (isNull(write.after(schema))) return find('NULL_ACCEPTED', place, 'can now be null');
  const after = nameOf(schema, write.after);
  return find('ALTERNATIVE_ADDED', place, `also accepts the alternative ${after}`, { after });
}

function isNull(schema: JsonObject): boolean {
  return schema['type'] === 'null';
}

/** The label of a schema: its title, its name among the definitions, or its content. */
function nameOf(schema: Json, write: (schema: Json) => JsonObject): string {
  const { $ref: reference } = object(schema);
  const { title } = write(schema);
  if (typeof title === 'string') return shorten(title);
  return typeof reference === 'string' ? shorten(reference.split('/').at(-1) ?? '') : show(schema);
}
