import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject } from '../../json.js';
import { isBytes } from '../input/properties.js';
import { isPattern } from './keywords.js';

/** Keywords of older drafts and of OpenAPI 3.0 that upgraders leave behind. */
export function normalize(schema: JsonObject): JsonObject {
  const { example, items, nullable } = schema;
  if (example === undefined && nullable === undefined && !Array.isArray(items)) return schema;
  const result = { ...schema };
  if (result['example'] !== undefined && result['examples'] === undefined)
    result['examples'] = [result['example']];
  if (Array.isArray(result['items'])) {
    result['prefixItems'] = result['items'];
    delete result['items'];
  }
  if (result['nullable'] === true && result['type'] !== undefined)
    result['type'] = [result['type'], 'null'].flat();
  return result;
}

/** The final form of a converted schema, given its source. */
export function finish(result: JsonObject, source: JsonObject): JsonObject {
  return withItems(asAnyOf(describePattern(openPatterns(result, source), source)));
}

/** Model APIs reject a tool, or all tools of a server, because of one array without `items` as an object. */
function withItems(schema: JsonObject): JsonObject {
  const { type, items } = schema;
  if (isObject(items)) return schema;
  const isArray = type === 'array' || array(type).includes('array');
  return isArray ? { ...schema, items: {} } : schema;
}

/**
 * Branches usually overlap, so `oneOf` would refuse values that match several of them, and a model could do nothing
 * about it.
 */
function asAnyOf(schema: JsonObject): JsonObject {
  if (schema['oneOf'] === undefined) return schema;
  const { oneOf, ...rest } = schema;
  if (rest['anyOf'] === undefined) return { ...rest, anyOf: oneOf };
  return { ...rest, allOf: [...array(rest['allOf']), { anyOf: oneOf }] };
}

/**
 * A schema that lost a pattern, or the description of its parts, accepts more than it should. Under keywords that
 * count or negate matches, it would then refuse valid values, so those keywords are loosened as well.
 */
export function loosen(result: JsonObject): JsonObject {
  const {
    oneOf,
    not: _not,
    if: _if,
    then: _then,
    else: _else,
    maxContains: _most,
    ...rest
  } = result;
  return oneOf === undefined ? rest : { ...rest, anyOf: oneOf };
}

/** If a pattern of names is invalid, any name is accepted. */
function openPatterns(result: JsonObject, { patternProperties }: JsonObject): JsonObject {
  if (!isObject(patternProperties) || Object.keys(patternProperties).every(isPattern))
    return result;
  const { additionalProperties: _, unevaluatedProperties: __, ...rest } = result;
  return rest;
}

/** A pattern that JSON Schema cannot express is still useful in the description. */
function describePattern(result: JsonObject, { pattern }: JsonObject): JsonObject {
  if (typeof pattern !== 'string' || result['pattern'] !== undefined) return result;
  const { description } = result;
  const note = `Matches the regular expression ${pattern}`;
  return {
    ...result,
    description: typeof description === 'string' ? `${description}\n\n${note}` : note,
  };
}

/** A schema of bytes becomes the base64 argument that represents the file; any other schema is unchanged. */
export function asBase64(schema: JsonObject): JsonObject {
  if (!isBytes(schema)) return schema;
  const note = `Base64, or a data: URI with its type and name: ${sampleUri(schema)}`;
  return base64Schema(schema, note);
}

/** A sample data: URI. RFC 2397 has no file name, but the server reads one. */
function sampleUri({ contentMediaType }: JsonObject): string {
  const type = typeof contentMediaType === 'string' ? contentMediaType : '';
  const [, extension = 'wav'] = /^\w+\/([a-z\d]{2,5})$/.exec(type) ?? [];
  const known = extension === 'wav' ? 'audio/wav' : type;
  return `data:${known};name=a.${extension};base64,…`;
}

/** The argument that represents bytes. */
export function base64Schema(
  described: JsonObject = {},
  note = 'Base64, or a data: URI.',
): JsonObject {
  const { title, description } = described;
  return {
    ...(title !== undefined && { title }),
    description: typeof description === 'string' ? `${sentence(description)} ${note}` : note,
    type: 'string',
    contentEncoding: 'base64',
  };
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}

/** Combines a schema with the annotations beside the reference to it; when both have a description, both are kept. */
export function beside(target: JsonObject | boolean, siblings: JsonObject): JsonObject | boolean {
  if (Object.keys(siblings).length === 0) return target;
  if (typeof target === 'boolean') return target ? siblings : { not: {} };
  const description = bothTexts(siblings['description'], target['description']);
  return { ...target, ...siblings, ...(description !== undefined && { description }) };
}

/** Joins two descriptions of the same value; one that the other contains is dropped. */
export function bothTexts(outer: Json | undefined, inner: Json | undefined): string | undefined {
  const [first, second] = [outer, inner].map((text) =>
    typeof text === 'string' ? text.trim() : '',
  );
  if (!first || !second) return first || second || undefined;
  if (first.includes(second)) return first;
  return second.includes(first) ? second : `${first}\n\n${second}`;
}
