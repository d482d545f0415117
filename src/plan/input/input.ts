import type { Body, JsonSchema, Parameter } from '../../../templates/src/runtime/api.js';
import type { Json, JsonObject } from '../../load/document.js';
import type { Problem } from '../../errors.js';
import { bodyShape, planBody } from './body.js';
import { bodyArguments, type Argument } from './body-argument.js';
import { isObject, record, text } from '../../json.js';
import type { Operation } from '../operations/operations.js';
import { planParameters, withNotes } from './parameters.js';
import { convertSchemas } from '../schema/fit.js';
import type { Shortened } from '../schema/shorten.js';
import type { ToolContext } from '../tools/tool.js';

/** The arguments of a tool, and how they become a request. */
export interface PlannedInput {
  readonly inputSchema: JsonSchema & { readonly type: 'object' };
  /** Depth to which the arguments are described if the full schema is too long; undefined means fully. */
  readonly depth?: number;
  /** Texts and lists that were too long. */
  readonly shortened: readonly Shortened[];
  readonly parameters: readonly Parameter[];
  readonly body?: Body;
  readonly warnings: readonly Problem[];
}

// Fetch refuses to send a body with these, and RFC 9110 section 9.3.1 gives it no meaning.
const BODILESS = ['GET', 'HEAD'];

/** Everything needed to plan the arguments of any tool. */
type InputContext = Pick<ToolContext, 'document' | 'graph' | 'inheritance' | 'credentials'>;

/** The arguments of an operation's tool, and how they become its request. */
export function planInput(
  { document: { openapi: root }, credentials, ...context }: InputContext,
  operation: Operation,
): PlannedInput {
  const bodiless = BODILESS.includes(operation.method);
  const { requestBody } = operation.definition;
  const body = bodiless ? undefined : planBody(root, requestBody);
  const own = body === undefined ? [] : bodyArguments(body);
  const { parameters, warnings } = planParameters(root, operation, {
    credentials,
    reserved: own.map(({ name }) => name),
    sendsBytes: body?.media.some(({ kind }) => kind === 'binary') === true,
  });
  const fromParameters = parameters.map(({ argument, required, schema, notes }): Argument => ({
    name: argument,
    required,
    schemas: [withNotes(schema, notes)],
  }));
  // A form's files are sent as base64; other binary data is sent as the document describes it.
  const binaryAsBase64 = body?.media.some(({ kind }) => kind === 'multipart' || kind === 'form');
  return {
    ...toSchema(context, [...fromParameters, ...own], binaryAsBase64 === true),
    parameters: parameters.map(({ shape }) => shape),
    ...(body !== undefined && { body: bodyShape(body, root) }),
    warnings: [
      ...warnings,
      ...(bodiless && requestBody !== undefined ? [droppedBody(operation)] : []),
    ],
  };
}

function droppedBody({ method, place }: Operation): Problem {
  return {
    code: 'BODY_LEFT_OUT',
    place,
    message: `The request body is skipped: ${method} requests cannot carry one.`,
    remedy:
      'If the API has an equivalent POST, use that operation, or declare the members as query parameters with --overlay.',
  };
}

function toSchema(
  { graph, inheritance }: Pick<InputContext, 'graph' | 'inheritance'>,
  args: readonly Argument[],
  binaryAsBase64: boolean,
): Pick<PlannedInput, 'inputSchema' | 'depth' | 'shortened'> {
  const sources = args.flatMap(({ schemas }) => schemas);
  const labels = args.flatMap(({ name, schemas }) => schemas.map(() => name));
  const { schemas, definitions, depth, shortened } = convertSchemas(
    graph,
    sources,
    { binaryAsBase64, inheritance },
    labels,
  );
  let next = 0;
  const properties = args.map(({ name, schemas: { length }, combine }): [string, Json] => {
    const own = schemas.slice(next, (next += length));
    const schema = combine?.(own) ?? own[0] ?? true;
    return [name, depth !== undefined && name === 'body' ? withNote(schema, depth) : schema];
  });
  const required = args.filter((argument) => argument.required).map(({ name }) => name);
  return {
    inputSchema: {
      type: 'object',
      ...(properties.length > 0 && { properties: record(properties) }),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
      ...(definitions !== undefined && { $defs: definitions }),
    },
    ...(depth !== undefined && { depth }),
    shortened,
  };
}

function withNote(schema: JsonObject | boolean, depth: number): JsonObject | boolean {
  if (!isObject(schema)) return schema;
  const levels = depth === 1 ? 'first level' : `first ${depth} levels`;
  const note = `Below the ${levels}, only small parts are described here, because the full schema would be too long; the others are not checked.`;
  return {
    ...schema,
    description: [text(schema['description']), note].filter(Boolean).join('\n\n'),
  };
}
