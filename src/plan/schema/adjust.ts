import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject } from '../../json.js';
import { isBytes } from '../input/properties.js';
import { isPattern } from './keywords.js';

/** Dialects of older drafts and of OpenAPI 3.0 that upgraders leave behind. */
export function normalize(schema: JsonObject): JsonObject {
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

/** What a converted schema is, given the one it was made of. */
export function finish(result: JsonObject, source: JsonObject): JsonObject {
  return withItems(asAnyOf(describePattern(openPatterns(result, source), source)));
}

/** Model APIs refuse a tool, or all of a server's, for one array that says nothing of its items. */
function withItems(schema: JsonObject): JsonObject {
  const { type, items } = schema;
  const isArray = [type ?? []].flat().includes('array');
  return isArray && (items === undefined || items === true) ? { ...schema, items: {} } : schema;
}

/**
 * Branches of documents overlap as a rule, and then there are values that one of them takes and `oneOf` refuses:
 * a model can add nothing that helps.
 */
function asAnyOf(schema: JsonObject): JsonObject {
  const { oneOf, ...rest } = schema;
  if (oneOf === undefined) return schema;
  if (rest['anyOf'] === undefined) return { ...rest, anyOf: oneOf };
  return { ...rest, allOf: [...array(rest['allOf']), { anyOf: oneOf }] };
}

/**
 * A schema that lost a pattern, or what it said of its parts, accepts more than it should. Under keywords that count
 * or negate matches that would refuse what is right, so there the keyword is loosened too.
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

/** Where a pattern of names is not a valid one, any name may be meant. */
function openPatterns(result: JsonObject, { patternProperties }: JsonObject): JsonObject {
  if (!isObject(patternProperties) || Object.keys(patternProperties).every(isPattern))
    return result;
  const { additionalProperties: _, unevaluatedProperties: __, ...rest } = result;
  return rest;
}

/** A pattern that JSON Schema cannot read is still worth telling. */
function describePattern(result: JsonObject, { pattern }: JsonObject): JsonObject {
  if (typeof pattern !== 'string' || result['pattern'] !== undefined) return result;
  const { description } = result;
  const note = `Matches the regular expression ${pattern}`;
  return {
    ...result,
    description: typeof description === 'string' ? `${description}\n\n${note}` : note,
  };
}

/** A schema of bytes as the base64 argument that stands for a file of them; any other as it is. */
export function asBase64(schema: JsonObject): JsonObject {
  if (!isBytes(schema)) return schema;
  const note = `Base64, or a data: URI with its type and name: ${sampleUri(schema)}`;
  return base64Schema(schema, note);
}

/** How a file says what it is; RFC 2397 knows no name, but the server reads one. */
function sampleUri({ contentMediaType }: JsonObject): string {
  const type = typeof contentMediaType === 'string' ? contentMediaType : '';
  const [, extension = 'wav'] = /^\w+\/([a-z\d]{2,5})$/.exec(type) ?? [];
  const known = extension === 'wav' ? 'audio/wav' : type;
  return `data:${known};name=a.${extension};base64,…`;
}

/** The argument that stands for bytes. */
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

// What may stand beside a `$ref` and only describes.
const ANNOTATIONS = ['title', 'description', 'default', 'examples', 'deprecated'];

/** Whether a keyword only describes. */
export function isAnnotation(keyword: string): boolean {
  return ANNOTATIONS.includes(keyword);
}

/** A schema and what describes it beside the reference to it: where both have a description, both are kept. */
export function beside(target: JsonObject | boolean, siblings: JsonObject): JsonObject | boolean {
  if (Object.keys(siblings).length === 0) return target;
  if (typeof target === 'boolean') return target ? siblings : { not: {} };
  const description = bothTexts(siblings['description'], target['description']);
  return { ...target, ...siblings, ...(description !== undefined && { description }) };
}

/** Two descriptions of the same as one; one that the other one contains adds nothing. */
export function bothTexts(outer: Json | undefined, inner: Json | undefined): string | undefined {
  const [first, second] = [outer, inner].map((text) =>
    typeof text === 'string' ? text.trim() : '',
  );
  if (!first || !second) return first || second || undefined;
  if (first.includes(second)) return first;
  return second.includes(first) ? second : `${first}\n\n${second}`;
}
