import type { Json } from '../../load/document.js';
import { isObject, texts } from '../../json.js';

type ReadKeyword = (value: Json) => Json | undefined;

const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];

// The formats that the MCP SDK's validator knows; it prints a warning for any other.
const FORMATS = new Set([
  'date',
  'time',
  'date-time',
  'iso-time',
  'iso-date-time',
  'duration',
  'uri',
  'uri-reference',
  'uri-template',
  'url',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'regex',
  'uuid',
  'json-pointer',
  'json-pointer-uri-fragment',
  'relative-json-pointer',
  'byte',
  'int32',
  'int64',
  'float',
  'double',
  'password',
  'binary',
]);

/**
 * The keywords of JSON Schema 2020-12 that hold plain values and are kept in a tool's schema. Keywords missing here
 * (`$id`, `$schema`, `$anchor`, `discriminator`, `xml`, `x-…`) are for other tools, or would break the SDK's
 * validator. A value of the wrong type is dropped: real documents contain all of them.
 */
const VALUE_KEYWORDS: Readonly<Record<string, ReadKeyword>> = {
  type: readType,
  title: string,
  description: string,
  default: any,
  const: any,
  enum: (value) => (Array.isArray(value) && value.length > 0 ? value : undefined),
  examples: (value) =>
    Array.isArray(value) && value.length > 0
      ? value
      : isObject(value)
        ? exampleValues(value)
        : undefined,
  deprecated: (value) => (value === true ? true : undefined),
  format: (value) => (typeof value === 'string' && FORMATS.has(value) ? value : undefined),
  pattern: readPattern,
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: (value) => (typeof value === 'number' && value > 0 ? number(value) : undefined),
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minContains: count,
  maxContains: count,
  minProperties: count,
  maxProperties: count,
  uniqueItems: (value) => (value === true ? true : undefined),
  required: (value) =>
    Array.isArray(value) && texts(value).length > 0 ? [...new Set(texts(value))] : undefined,
  contentEncoding: string,
  contentMediaType: string,
};

/** The value of a keyword in a tool's schema; undefined drops the keyword. */
export function readKeyword(keyword: string, value: Json): Json | undefined {
  return Object.hasOwn(VALUE_KEYWORDS, keyword) ? VALUE_KEYWORDS[keyword]?.(value) : undefined;
}

/** Keywords whose value is a schema. */
export const SCHEMA_KEYWORDS = [
  'additionalProperties',
  'items',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
];
/** Those of the keywords above whose schemas describe the same value, not a part of it. */
export const IN_PLACE_KEYWORDS = [
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentSchemas',
];
/** Keywords whose value is an array of schemas. */
export const SCHEMA_ARRAY_KEYWORDS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
/** Keywords whose value is an object of schemas. */
export const SCHEMA_MAP_KEYWORDS = ['properties', 'patternProperties', 'dependentSchemas'];

/** All keywords with schemas inside. */
export const SUBSCHEMA_KEYWORDS = [
  ...SCHEMA_KEYWORDS,
  ...SCHEMA_ARRAY_KEYWORDS,
  ...SCHEMA_MAP_KEYWORDS,
];

/** Whether a text is a regular expression under the `u` flag, under which JSON Schema 2020-12 reads it. */
export function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

// PHP, Perl and older generators write a pattern between slashes. No text precedes "^" or follows "$".
const SLASHED = /^\/(\^.*|.*[^\\]\$)\/([a-zA-Z]*)$/s;

/** The pattern without the slashes. JSON Schema cannot express flags such as `i`. */
function readPattern(value: Json): Json | undefined {
  if (typeof value !== 'string') return undefined;
  const [, bare = value, flags = ''] = SLASHED.exec(value) ?? [];
  return /^[uD]*$/.test(flags) && isPattern(bare) ? bare : undefined;
}

function readType(value: Json): Json | undefined {
  if (typeof value === 'string') return TYPES.includes(value) ? value : undefined;
  const types = [...new Set([value].flat())].filter(
    (type) => typeof type === 'string' && TYPES.includes(type),
  );
  return types.length > 1 ? types : types[0];
}

function any(value: Json): Json {
  return value;
}

function string(value: Json): Json | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function number(value: Json): Json | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function count(value: Json): Json | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

// OpenAPI's `examples` of a parameter are a map of Example Objects.
function exampleValues(value: Record<string, Json>): Json | undefined {
  const values = Object.values(value).flatMap((example) =>
    isObject(example) && example['value'] !== undefined ? [example['value']] : [],
  );
  return values.length > 0 ? values : undefined;
}
