import type { JsonObject } from '../../load/document.js';
import { isObject } from '../../json.js';

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

/** Without `uniqueItems` where items are compared pair by pair, in quadratic time; the API looks at its own sets anyway. */
export function scalarSets(schema: JsonObject): JsonObject {
  const { uniqueItems, ...rest } = schema;
  const types = isObject(schema['items'])
    ? [schema['items']['type'] ?? 'object'].flat()
    : ['object'];
  const scalar = !types.includes('object') && !types.includes('array');
  return uniqueItems === undefined || scalar ? schema : rest;
}

/** What cannot be checked is still worth telling. */
export function describePattern(result: JsonObject, { pattern }: JsonObject): JsonObject {
  if (typeof pattern !== 'string' || result['pattern'] !== undefined) return result;
  const { description } = result;
  const note = `Matches the regular expression ${pattern}`;
  return {
    ...result,
    description: typeof description === 'string' ? `${description}\n\n${note}` : note,
  };
}

/** A schema of bytes as the base64 argument that stands for them; any other as it is. */
export function asBase64(schema: JsonObject): JsonObject {
  const { format, contentMediaType, ...rest } = schema;
  const text =
    typeof contentMediaType === 'string' && /^text\/|[+/](json|xml)$/.test(contentMediaType);
  const encoded = schema['contentEncoding'] !== undefined;
  const binary = format === 'binary' || (contentMediaType !== undefined && !encoded && !text);
  return binary ? base64Schema(rest) : schema;
}

/** The argument that stands for bytes. */
export function base64Schema(described: JsonObject = {}): JsonObject {
  const { title, description } = described;
  const note = 'Base64, or a data: URI.';
  return {
    ...(title !== undefined && { title }),
    description: typeof description === 'string' ? `${description} ${note}` : note,
    type: 'string',
    contentEncoding: 'base64',
  };
}

// What may stand beside a `$ref` and only describes.
const ANNOTATIONS = ['title', 'description', 'default', 'examples', 'deprecated'];

/** A schema and what stands beside the reference to it: a description replaces, a restriction adds. */
export function beside(target: JsonObject | boolean, siblings: JsonObject): JsonObject | boolean {
  if (Object.keys(siblings).length === 0) return target;
  if (typeof target === 'boolean') return target ? siblings : { not: {} };
  const describes = Object.keys(siblings).every((key) => ANNOTATIONS.includes(key));
  return describes ? { ...target, ...siblings } : { allOf: [target], ...siblings };
}
