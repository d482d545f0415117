import type { Body, JsonSchema, Parameter } from '../../templates/src/runtime/api.js';
import type { Json, JsonObject } from '../load/document.js';
import type { Problem } from '../errors.js';
import { bodyShape, planBody, type PlannedBody } from './body.js';
import { record } from '../json.js';
import type { Operation } from './operations.js';
import { planParameters, withNotes, type PlannedParameter } from './parameters.js';
import { base64Schema } from './schema/adjust.js';
import { createSchemaConverter, type SchemaConverter } from './schema/convert.js';
import type { ReferenceGraph } from './schema/references.js';

/** What a tool takes, and how that becomes a request. */
export interface PlannedInput {
  readonly inputSchema: JsonSchema & { readonly type: 'object' };
  readonly parameters: readonly Parameter[];
  readonly body?: Body;
  readonly warnings: readonly Problem[];
}

// Fetch refuses to send a body with them, and RFC 9110 section 9.3.1 gives it no meaning.
const BODILESS = ['GET', 'HEAD'];

/** @throws BrokenReference */
export function planInput(
  root: JsonObject,
  graph: ReferenceGraph,
  operation: Operation,
  credentials: ReadonlySet<string>,
): PlannedInput {
  const bodiless = BODILESS.includes(operation.method);
  const body = bodiless ? undefined : planBody(root, operation.definition['requestBody']);
  const { parameters, warnings } = planParameters(
    operation,
    credentials,
    body === undefined ? [] : ['body'],
  );
  const converter = createSchemaConverter(graph, {
    schemas: [...parameters.map(({ schema }) => schema), body?.schema ?? {}],
    binaryAsBase64: body?.kind === 'multipart' || body?.kind === 'form',
  });
  const bodySchema = body && convertBody(body, converter);
  const properties = [
    ...parameters.map(
      (parameter) => [parameter.argument, convertParameter(parameter, converter)] as const,
    ),
    ...(bodySchema === undefined ? [] : [['body', bodySchema] as const]),
  ];
  const required = [
    ...parameters.filter((parameter) => parameter.required).map(({ argument }) => argument),
    ...(body?.required === true ? ['body'] : []),
  ];
  const definitions = converter.definitions();
  return {
    inputSchema: rootSchema(properties, required, definitions),
    parameters: parameters.map(({ shape }) => shape),
    ...(body !== undefined &&
      bodySchema !== undefined && { body: bodyShape(body, bodySchema, definitions) }),
    warnings: [
      ...warnings,
      ...(bodiless && operation.definition['requestBody'] !== undefined
        ? [droppedBody(operation)]
        : []),
    ],
  };
}

function droppedBody({ method, place }: Operation): Problem {
  return {
    code: 'BODY_LEFT_OUT',
    place,
    message: `The request body is left out: ${method} requests cannot carry one.`,
  };
}

function rootSchema(
  properties: (readonly [string, Json])[],
  required: string[],
  definitions: JsonObject | undefined,
): JsonSchema & { readonly type: 'object' } {
  return {
    type: 'object',
    ...(properties.length > 0 && { properties: record(properties) }),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(definitions !== undefined && { $defs: definitions }),
  };
}

function convertParameter({ schema, notes }: PlannedParameter, converter: SchemaConverter): Json {
  return converter.convert(withNotes(schema, notes));
}

function convertBody(body: PlannedBody, converter: SchemaConverter): JsonObject | boolean {
  const { description } = body;
  const note: JsonObject = description === undefined ? {} : { description };
  if (body.kind === 'binary')
    return base64Schema({ description: description ?? `The content (${body.mediaType}).` });
  const schema = converter.convert(body.schema);
  return typeof schema === 'boolean' ? schema : { ...note, ...schema };
}
