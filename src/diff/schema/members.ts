import { object, texts, type Json, type JsonObject } from '../../json.js';
import type { Finding } from '../change.js';
import { find, memberPlace } from '../show.js';
import type { Pair, Rule } from './pair.js';
import { admits } from './types.js';

/** Changes of the members of an object: its properties, and the others it may have. */
export const members: Rule = {
  keywords: [
    'properties',
    'required',
    'additionalProperties',
    'unevaluatedProperties',
    'patternProperties',
    'propertyNames',
  ],
  compare: (pair) => {
    if (!admits(pair.before, 'object') || !admits(pair.after, 'object')) return [];
    return [
      ...compareProperties(pair),
      ...compareRequired(pair),
      ...compareRest(pair, 'additionalProperties'),
      ...compareRest(pair, 'unevaluatedProperties'),
      ...comparePatterns(pair),
      ...compareNames(pair),
    ];
  },
};

function compareProperties(pair: Pair): Finding[] {
  const { before, after, place } = pair;
  const [had, has] = [object(before['properties']), object(after['properties'])];
  if (isOpened(before, after)) return [opened(place)];
  const removed = Object.keys(had).filter((name) => !Object.hasOwn(has, name));
  return [
    ...removed.map((name) => member(place, name, 'REMOVED', 'was removed')),
    ...Object.entries(has).flatMap(([name, schema]) =>
      Object.hasOwn(had, name)
        ? pair.compare(had[name] ?? true, schema, memberPlace(place, name))
        : compareAdded(pair, name, schema),
    ),
  ];
}

/** An object that is no longer described, such as one truncated at a depth, still accepts what it did before. */
function isOpened(before: JsonObject, after: JsonObject): boolean {
  const isOpen = after['properties'] === undefined && after['additionalProperties'] === undefined;
  return isOpen && Object.keys(object(before['properties'])).length > 0;
}

function opened(place: string): Finding {
  const message = `The members of ${place} are no longer described: anything is accepted.`;
  return { code: 'ADDITIONAL_ACCEPTED', place, message };
}

/** Before, the member was one of those that `additionalProperties` describes. */
function compareAdded(
  { before, after, place, compare }: Pair,
  name: string,
  schema: Json,
): Finding[] {
  if (texts(after['required']).includes(name)) return [];
  const rest = before['additionalProperties'];
  const isNarrowed = rest !== undefined && rest !== false;
  return [
    member(place, name, 'ADDED', 'is new'),
    ...(isNarrowed ? compare(rest, schema, memberPlace(place, name)) : []),
  ];
}

function compareRequired({ before, after, place }: Pair): Finding[] {
  const [had, has] = [texts(before['required']), texts(after['required'])];
  const isKnown = (schema: JsonObject, name: string) =>
    Object.hasOwn(object(schema['properties']), name);
  const isGone = (name: string) => isKnown(before, name) && !isKnown(after, name);
  const isNew = (name: string) => !isKnown(before, name) && isKnown(after, name);
  return [
    ...has
      .filter((name) => !had.includes(name))
      .map((name) =>
        member(place, name, 'REQUIRED', isNew(name) ? 'is new and required' : 'is now required'),
      ),
    ...had
      .filter((name) => !has.includes(name) && !isGone(name))
      .map((name) => member(place, name, 'OPTIONAL', 'is no longer required')),
  ];
}

type Fate = 'REMOVED' | 'REQUIRED' | 'ADDED' | 'OPTIONAL';

function member(parent: string, name: string, fate: Fate, text: string): Finding {
  const kind = parent === '' ? 'ARGUMENT' : 'PROPERTY';
  return find(`${kind}_${fate}`, memberPlace(parent, name), text);
}

function compareRest(pair: Pair, keyword: string): Finding[] {
  const { place } = pair;
  const [had, has] = [pair.before[keyword] ?? true, pair.after[keyword] ?? true];
  if (has === false && had !== false)
    return [find('ADDITIONAL_REFUSED', place, 'now refuses other properties')];
  if (had === false && has !== false)
    return [find('ADDITIONAL_ACCEPTED', place, 'now accepts other properties')];
  return pair.compare(had, has, memberPlace(place, '*').replace('["*"]', '.*'));
}

/** Names that no longer match a pattern are covered by other keywords, so only equal patterns can be compared. */
function comparePatterns({ before, after, place, compare }: Pair): Finding[] {
  const [had, has] = [object(before['patternProperties']), object(after['patternProperties'])];
  const differ = [...Object.keys(had), ...Object.keys(has)].some(
    (pattern) => !Object.hasOwn(had, pattern) || !Object.hasOwn(has, pattern),
  );
  const text = 'describes its members with different name patterns';
  return [
    ...(differ ? [find('SCHEMA_CHANGED', place, text)] : []),
    ...Object.entries(has).flatMap(([pattern, schema]) =>
      Object.hasOwn(had, pattern)
        ? compare(had[pattern] ?? true, schema, `${place}[/${pattern}/]`)
        : [],
    ),
  ];
}

function compareNames({ before, after, place, compare }: Pair): Finding[] {
  const [had, has] = [before['propertyNames'] ?? true, after['propertyNames'] ?? true];
  return compare(had, has, `${place}[name]`);
}
