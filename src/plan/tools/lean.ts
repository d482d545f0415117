import type { Json, JsonObject, JsonSchema, Tool } from '../../../templates/src/runtime/api.js';
import { isAnnotation } from '../../../templates/src/runtime/upstream/arguments.js';
import { SchemaReader } from '../../../templates/src/runtime/upstream/schema.js';
import { isObject } from '../../json.js';
import { SCHEMA_ARRAY_KEYWORDS, SCHEMA_KEYWORDS } from '../schema/keywords.js';
import { fold } from './fold.js';
import { leanText, repeatsName } from './lean-text.js';

/** How the tool of a deprecated operation is marked. */
const DEPRECATED = /^Deprecated\. /;

/** A tool in the words that models need, as a server lists it. */
export function leanTool(tool: Tool): Tool {
  return { ...tool, description: leanToolText(tool), inputSchema: leanSchema(tool.inputSchema) };
}

/** The description without the title at its beginning, if the rest and the name contain all words of the title. */
function leanToolText({ name, title, description }: Tool): string {
  const [note = ''] = DEPRECATED.exec(description) ?? [];
  const rest = description.slice(note.length + (title?.length ?? 0) + 2);
  const isTitled = title !== undefined && description === `${note}${title}\n\n${rest}`;
  const text = isTitled && repeatsName(title, name, rest) ? note + rest : description;
  return leanText(text) || description;
}

/**
 * A schema without repetition: no descriptions that repeat the name or other keywords, no examples that repeat the
 * default, the format or the list of values, at most one example, and no keywords with their default value. Examples
 * that break the schema are kept, because a server does not enforce the rules that they break.
 */
export function leanSchema<T extends JsonSchema>(schema: T): T {
  return new Shortener(schema as JsonObject).schema as unknown as T;
}

/** The value that a schema describes. */
interface Place {
  /** The name of the member; empty if it is not one. */
  readonly name: string;
  /** Whether the member is required; absent if unknown. */
  readonly isRequired?: boolean;
  /**
   * Whether an enclosing schema may describe the same value, for which members that this schema allows are evaluated.
   */
  readonly isPart?: boolean;
  /** The schema around a part of its `allOf`. */
  readonly whole?: JsonObject;
}

const nameless: Place = { name: '' };

const part: Place = { name: '', isPart: true };

const MAPS = new Set(['$defs', 'dependentSchemas']);

const BRANCHES = new Set(['if', 'then', 'else']);

const OPEN = new Set(['additionalProperties', 'unevaluatedProperties', 'unevaluatedItems']);

/** The last place of each schema, and its form there: many tools have the same ones. */
const known = new WeakMap<JsonObject, readonly [place: Place, short: Json]>();

/** Shortens the parts of one schema. */
class Shortener {
  readonly #reader: SchemaReader;
  readonly schema: Json;

  constructor(root: JsonObject) {
    this.#reader = new SchemaReader(root, { keepBlanks: true });
    this.schema = this.#lean(root, nameless);
  }

  #lean(whole: Json, place: Place): Json {
    if (!isObject(whole)) return whole;
    const schema = fold(whole);
    const kept: JsonObject = {};
    for (const keyword of Object.keys(schema)) {
      const short = this.#keyword(keyword, schema[keyword] ?? null, schema, place);
      if (short !== undefined) kept[keyword] = short;
    }
    return kept;
  }

  #keyword(keyword: string, value: Json, schema: JsonObject, place: Place): Json | undefined {
    if (keyword === 'properties') return this.#members(value, (name) => memberOf(schema, name));
    if (keyword === 'patternProperties') return this.#members(value, () => nameless);
    if (MAPS.has(keyword)) return this.#members(value, () => part);
    if (SCHEMA_ARRAY_KEYWORDS.includes(keyword) && Array.isArray(value))
      return value.map((one) => this.#lean(one, partOf(keyword, schema, place)));
    if (OPEN.has(keyword))
      return isOpenAnyway(value, schema, place) ? undefined : this.#lean(value, nameless);
    if (SCHEMA_KEYWORDS.includes(keyword))
      return this.#lean(value, BRANCHES.has(keyword) ? part : nameless);
    if (keyword === 'examples' && Array.isArray(value)) return this.#examples(value, schema, place);
    if (keyword === 'description' && typeof value === 'string')
      return leanDescription(value, schema, place);
    return saysNothing(keyword, value, place.name) ? undefined : value;
  }

  #members(members: Json, placeOf: (name: string) => Place): Json {
    if (!isObject(members)) return members;
    const entries = Object.entries(members).map(
      ([name, schema]) => [name, this.#member(schema, placeOf(name))] as const,
    );
    return Object.fromEntries(entries);
  }

  #member(schema: Json, place: Place): Json {
    if (!isObject(schema)) return schema;
    const [last, short] = known.get(schema) ?? [];
    if (last !== undefined && short !== undefined && isSamePlace(last, place)) return short;
    const made = this.#lean(schema, place);
    known.set(schema, [place, made]);
    return made;
  }

  /** The first example that somebody filled in, if it adds something, and all that break a rule. */
  #examples(examples: readonly Json[], schema: JsonObject, place: Place): Json[] | undefined {
    const present = examples.filter((example) => example !== null);
    const first = present.find((example) => !isUnfilled(example, schema, place.name));
    const shown = first !== undefined && saysMore(first, schema) ? [first] : [];
    const rest = present.filter((example) => !shown.includes(example));
    const whole = aboutOf(schema, place);
    const broken = rest.filter((example) => this.#reader.brokenBy(example, whole).length > 0);
    const kept = [...shown, ...broken];
    return kept.length === 0 ? undefined : kept;
  }
}

function partOf(keyword: string, schema: JsonObject, { whole: _, ...place }: Place): Place {
  return { ...place, isPart: true, ...(keyword === 'allOf' && { whole: aboutOf(schema, place) }) };
}

/** The schema whose values the examples of another one show. */
function aboutOf(schema: JsonObject, { whole = schema }: Place): JsonObject {
  return isAnnotation(schema) ? whole : schema;
}

function memberOf({ required }: JsonObject, name: string): Place {
  return { name, isRequired: Array.isArray(required) && required.includes(name) };
}

function isSamePlace(one: Place, other: Place): boolean {
  return (
    one.name === other.name && one.isRequired === other.isRequired && one.isPart === other.isPart
  );
}

/** The part of a description that adds to the name and the schema; undefined if there is none. */
export function leanDescription(
  text: string,
  schema: JsonObject,
  { name, isRequired }: Place,
): string | undefined {
  const short = leanText(text, { schema, isRequired });
  return short === '' || (name !== '' && repeatsName(short, name)) ? undefined : short;
}

/** JSON Schema 2020-12, core, section 11.3: members that `additionalProperties` covers are not unevaluated. */
function isOpenAnyway(value: Json, schema: JsonObject, { isPart }: Place): boolean {
  const rest = [schema['unevaluatedProperties'], schema['unevaluatedItems']];
  return isAnything(value) && isPart !== true && rest.every((one) => isAnything(one ?? true));
}

function isAnything(value: Json): boolean {
  return value === true || (isObject(value) && Object.keys(value).length === 0);
}

/** Formats in which every value looks alike. */
const WRITTEN = new Set<Json>(['date', 'date-time', 'uuid', 'email', 'ipv4', 'ipv6']);

/** Whether an example adds to the type, the format, the default and the list of values. */
function saysMore(
  example: Json,
  { type, format, default: fallback, ...schema }: JsonObject,
): boolean {
  const isListed = schema['enum'] !== undefined || schema['const'] !== undefined;
  const isKnown = isListed || WRITTEN.has(format ?? null) || type === 'boolean';
  return !isKnown && JSON.stringify(example) !== JSON.stringify(fallback);
}

/** Strings that nobody filled in: the name of the type, dots, or a variable of Postman and other templates. */
const UNFILLED = /^(string|\.{3}|\s*|\{\{[^{}]*\}\}|<[\w -]*>|\[\w+_\w+\])$/i;

/** Whether an example is one that tools write by themselves: `{ "name": "string", "size": 0 }`. */
function isUnfilled(example: Json, schema: JsonObject, name: string): boolean {
  // `string` may be the type of a column.
  if (/type$/i.test(name) && example === 'string') return false;
  // Without properties, nothing else names the members.
  if (isObject(example) && !isObject(schema['properties'])) return false;
  const values = valuesIn(example);
  const texts = values.filter((value) => typeof value === 'string');
  const others = values.filter((value) => typeof value !== 'string');
  const isBlank = others.every((value) => !value || value === true);
  return texts.length > 0 && texts.every((text) => UNFILLED.test(text)) && isBlank;
}

function valuesIn(example: Json): Json[] {
  const isLeaf = typeof example !== 'object' || example === null;
  return isLeaf ? [example] : Object.values(example).flatMap(valuesIn);
}

function saysNothing(keyword: string, value: Json, name: string): boolean {
  if (keyword === 'title')
    return typeof value === 'string' && name !== '' && repeatsName(value, name);
  if (keyword === 'deprecated' || keyword === 'uniqueItems') return value === false;
  return keyword === 'required' && Array.isArray(value) && value.length === 0;
}
