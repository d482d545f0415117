import type { Json, JsonObject } from '../../load/document.js';
import { isObject } from '../../json.js';
import { bodySchema, headerSchemas, type PlannedBody } from './body.js';
import { beside } from '../schema/adjust.js';

/** An argument of a tool, before its schema is converted. */
export interface Argument {
  readonly name: string;
  readonly required: boolean;
  /** Schemas as they are in the document, at least one. The value must match one of them. */
  readonly schemas: readonly Json[];
  /** Combines the converted schemas into one; not needed when there is only one. */
  readonly combine?: (schemas: readonly (JsonObject | boolean)[]) => JsonObject | boolean;
}

/** The arguments for a body: `body` and, where needed, `content_type` and `part_headers`. */
export function bodyArguments(body: PlannedBody): Argument[] {
  const { media, required } = body;
  const headers = media.map(headerSchemas).find((schema) => schema !== undefined);
  const types = media.map(({ mediaType }) => mediaType);
  return [
    {
      name: 'body',
      required,
      schemas: media.map((one) => bodySchema(one, body.description, media.length === 1)),
      combine: (schemas) =>
        describe(withExamples(combine(schemas, types), media[0]?.examples), body.description),
    },
    ...(types.length < 2 ? [] : [optional('content_type', choiceOf(types))]),
    ...(headers === undefined ? [] : [optional('part_headers', headers)]),
  ];
}

function optional(name: string, schema: Json): Argument {
  return { name, required: false, schemas: [schema] };
}

function choiceOf(types: readonly string[]): Json {
  return {
    type: 'string',
    enum: [...types],
    default: types[0] ?? '',
    description: 'The media type of the body.',
  };
}

function combine(
  schemas: readonly (JsonObject | boolean)[],
  types: readonly string[],
): JsonObject | boolean {
  const different = new Set(schemas.map((schema) => JSON.stringify(schema))).size > 1;
  if (!different) return schemas[0] ?? true;
  return { anyOf: schemas.map((schema, index) => titled(schema, types[index] ?? '')) };
}

function titled(schema: JsonObject | boolean, title: string): Json {
  return isObject(schema) ? { ...schema, title } : { title, ...(!schema && { not: {} }) };
}

/** Characters. More of them would cost a model more than they are worth. */
const LONGEST_EXAMPLES = 1000;

/** Adds the examples of a media type: for an object without properties, nothing else names its members. */
function withExamples(
  schema: JsonObject | boolean,
  examples: readonly Json[] = [],
): JsonObject | boolean {
  const kept: Json[] = [];
  let left = LONGEST_EXAMPLES;
  for (const example of examples) {
    const { length } = JSON.stringify(example);
    if (length > left) continue;
    kept.push(example);
    left -= length;
  }
  return isObject(schema) && kept.length > 0 ? { ...schema, examples: kept } : schema;
}

/** The schema of a body, with the document's description of the body. */
function describe(
  schema: JsonObject | boolean,
  description: string | undefined,
): JsonObject | boolean {
  return isObject(schema) && description !== undefined ? beside(schema, { description }) : schema;
}
