import type { Json, JsonObject, Tool } from '../../templates/src/runtime/api.js';
import { leanText } from '../../src/plan/tools/lean-text.js';
import { leanDescription } from '../../src/plan/tools/lean.js';
import type { Target } from './oracle.js';
import { listOf, objectOf } from './sample.js';

/** Facts about arguments in documents, by kind. */
export const aspects = [
  'parameters',
  'required',
  'properties',
  'enums',
  'defaults',
  'bounds',
  'descriptions',
] as const;

export type Counts = Record<(typeof aspects)[number], { kept: number; said: number }>;

/** The initial counts. */
export function noCounts(): Counts {
  return Object.fromEntries(aspects.map((aspect) => [aspect, { kept: 0, said: 0 }])) as Counts;
}

type Facts = Record<(typeof aspects)[number], Set<string>>;

const BOUNDS = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'multipleOf',
];
const MOST_LEVELS = 40;

/** Counts the facts about one operation's arguments in the document, and those in the listed schema. */
export function countKept(counts: Counts, root: JsonObject, target: Target, tool: Tool): void {
  const said = factsOf(argumentsOf(target), root);
  const listed = tool.inputSchema as JsonObject;
  const kept = factsOf([listed], listed);
  const shown = JSON.stringify(listed);
  for (const { name, in: place } of tool.request.parameters ?? [])
    kept.parameters.add(`${place} ${name}`);
  for (const aspect of aspects)
    for (const fact of said[aspect]) {
      counts[aspect].said += 1;
      const isKept = kept[aspect].has(fact) || (aspect === 'descriptions' && isShown(fact, shown));
      if (isKept) counts[aspect].kept += 1;
    }
}

/** A description may have become a part of a longer one, and required members are not also described in words. */
function isShown(description: string, shown: string): boolean {
  const texts = [undefined, true, false].map((isRequired) => leanText(description, { isRequired }));
  return texts.some((text) => shown.includes(JSON.stringify(text).slice(1, -1)));
}

function argumentsOf({ spec, parameters }: Target): JsonObject[] {
  const [item] = Object.values(objectOf(spec['paths']));
  const [operation] = Object.values(objectOf(item));
  const content = objectOf(objectOf(objectOf(operation)['requestBody'])['content']);
  const [media] = Object.values(content);
  const sent = parameters.flatMap((parameter) => {
    const [place, name] = [parameter['in'], parameter['name']];
    if (typeof place !== 'string' || typeof name !== 'string') return [];
    return isElsewhere(place, name) ? [] : [{ place, name, parameter }];
  });
  const named = sent.map(({ place, name, parameter }) => ({
    ...objectOf(parameter['schema']),
    'x-parameter': `${place} ${name}`,
    ...(typeof parameter['description'] === 'string' && {
      'x-description': parameter['description'],
    }),
    ...(parameter['required'] === true && { 'x-required': name }),
  }));
  return [...named, objectOf(objectOf(media)['schema'])] as JsonObject[];
}

function isElsewhere(place: string, name: string): boolean {
  const ignored = ['accept', 'content-type', 'authorization'];
  return place === 'header' && ignored.includes(name.toLowerCase());
}

function factsOf(schemas: readonly JsonObject[], root: JsonObject): Facts {
  const facts = Object.fromEntries(
    aspects.map((aspect) => [aspect, new Set()]),
  ) as unknown as Facts;
  const seen = new Set<Json>();
  const visit = (value: Json | undefined, depth: number, own = ''): void => {
    const schema = objectOf(value);
    if (schema !== value || seen.has(schema) || depth > MOST_LEVELS || schema['readOnly'] === true)
      return;
    seen.add(schema);
    note(schema, facts, own);
    if (typeof schema['$ref'] === 'string') visit(lookup(root, schema['$ref']), depth + 1, own);
    for (const [name, property] of Object.entries(objectOf(schema['properties']))) {
      if (isReadOnly(root, property)) continue;
      facts.properties.add(name);
      visit(property, depth + 1, name);
    }
    for (const key of ['items', 'additionalProperties']) visit(schema[key], depth + 1);
    for (const key of ['allOf', 'anyOf', 'oneOf', 'prefixItems'])
      for (const part of listOf(schema[key])) visit(part, depth + 1, own);
  };
  for (const schema of schemas) visit(schema, 0);
  return facts;
}

function isReadOnly(root: JsonObject, property: Json): boolean {
  const { readOnly, $ref } = objectOf(property);
  return readOnly === true || (typeof $ref === 'string' && lookup(root, $ref)['readOnly'] === true);
}

/** A description counts without markup, and without words that only repeat the name or the schema. */
function note(schema: JsonObject, facts: Facts, own: string): void {
  const text = (key: string) => (typeof schema[key] === 'string' ? schema[key].trim() : '');
  if (text('x-parameter') !== '') facts.parameters.add(text('x-parameter'));
  if (text('x-required') !== '') facts.required.add(text('x-required'));
  for (const name of listOf(schema['required']))
    if (typeof name === 'string') facts.required.add(name);
  if (listOf(schema['enum']).length > 0) facts.enums.add(JSON.stringify(schema['enum']));
  if (schema['const'] !== undefined) facts.enums.add(JSON.stringify([schema['const']]));
  if (schema['default'] !== undefined) facts.defaults.add(JSON.stringify(schema['default']));
  for (const bound of BOUNDS)
    if (schema[bound] !== undefined) facts.bounds.add(`${bound} ${JSON.stringify(schema[bound])}`);
  const name = own === '' ? text('x-parameter').replace(/^\w+ /, '') : own;
  for (const key of ['description', 'x-description']) {
    const said = leanDescription(text(key), schema, { name });
    if (said !== undefined) facts.descriptions.add(said);
  }
}

function lookup(root: JsonObject, ref: string): JsonObject {
  const keys = ref.replace(/^#\//, '').split('/');
  const found = keys.reduce<Json | undefined>(
    (at, key) => objectOf(at)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
    root,
  );
  return objectOf(found);
}
