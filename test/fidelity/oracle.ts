import type { Json, JsonObject, Tool } from '../../templates/src/runtime/api.js';
import { listOf, objectOf } from './sample.js';

/** One request, in a form that can be compared. */
export interface Wire {
  readonly method: string;
  readonly path: string;
  /** As written, in order. */
  readonly query: readonly string[];
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface SwaggerRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

// It has no types.
const name: string = 'swagger-client';
const client = (await import(name)) as {
  readonly default: { buildRequest(options: object): SwaggerRequest };
};

const ORIGIN = 'https://api.example.com';

/** An operation of a document as swagger-client needs it: alone, with resolved parameters. */
export interface Target {
  readonly spec: JsonObject;
  readonly parameters: readonly JsonObject[];
}

/** Extracts one operation from a document. */
export function targetOf(root: JsonObject, path: string, method: string): Target {
  const item = resolve(root, objectOf(root['paths'])[path]);
  const operation = objectOf(item[method.toLowerCase()]);
  const all = [...listOf(item['parameters']), ...listOf(operation['parameters'])].map((one) =>
    resolve(root, one),
  );
  const parameters = [
    ...new Map(all.map((one) => [JSON.stringify([one['in'], one['name']]), one])).values(),
  ].map((one) => ({ ...one, schema: resolve(root, one['schema']) }));
  const body = operation['requestBody'];
  const responses = Object.entries(objectOf(operation['responses'])).map(
    ([status, response]) => [status, resolve(root, response)] as const,
  );
  const written = {
    operationId: 'op',
    parameters,
    ...(body !== undefined && { requestBody: resolve(root, body) }),
    responses: Object.fromEntries(responses),
  };
  const spec = {
    openapi: root['openapi'] ?? '3.1.0',
    servers: [{ url: ORIGIN }],
    paths: { [path]: { [method.toLowerCase()]: written } },
  } as unknown as JsonObject;
  return { spec, parameters };
}

function resolve(root: JsonObject, value: Json | undefined): JsonObject {
  const { $ref } = objectOf(value);
  if (typeof $ref !== 'string') return objectOf(value);
  const keys = $ref.replace(/^#\//, '').split('/');
  const found = keys.reduce<Json | undefined>(
    (at, key) => objectOf(at)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
    root,
  );
  return objectOf(found);
}

/** The request that swagger-client makes from the same arguments. */
export async function theirs({ spec }: Target, tool: Tool, args: JsonObject): Promise<Wire> {
  const { parameters = [], body } = tool.request;
  const given = parameters.flatMap((parameter) => {
    const value =
      args[parameter.argument ?? parameter.name] ?? (parameter.default as Json | undefined);
    return value === undefined ? [] : [[`${parameter.in}.${parameter.name}`, value] as const];
  });
  const value = args['body'];
  const request = client.default.buildRequest({
    spec,
    operationId: 'op',
    parameters: Object.fromEntries(given),
    ...(value !== undefined && { requestBody: value }),
    ...(body !== undefined && value !== undefined && { requestContentType: body.mediaType }),
  });
  const headers = Object.entries(request.headers).map(([name, text]) => [
    name.toLowerCase(),
    String(text),
  ]);
  return {
    method: request.method,
    ...splitUrl(request.url.slice(ORIGIN.length)),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: await readable(request.body),
  };
}

/** A path, and the pieces of its query; a fragment is never sent. */
export function splitUrl(url: string): { path: string; query: string[] } {
  const [, path = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(url) ?? [];
  return { path, query: query.split('&').filter(Boolean) };
}

async function readable(body: unknown): Promise<unknown> {
  if (!(body instanceof FormData)) return body;
  const fields = [...body.entries()].map(async ([name, value]) => [
    name,
    typeof value === 'string' ? value : await value.text(),
  ]);
  return Promise.all(fields);
}
