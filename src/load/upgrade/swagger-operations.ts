import type { Json, JsonObject, Report } from '../document.js';
import { array, childOf, isObject, record, texts } from '../../json.js';
import { formatPointer, resolve } from '../../pointer.js';
import { childrenOf, isReference } from '../walk.js';
import {
  besideBody,
  isPayload,
  isSwaggerParameter,
  requestBodyOf,
  splitSchema,
  upgradeParameter,
} from './swagger-parameters.js';

/** Upgrades the paths of a 2.0 document in place. */
export function upgradeOperations(document: JsonObject, report: Report): void {
  for (const [path, item] of childrenOf(document['paths'] ?? null, 'paths')) {
    if (isObject(item)) upgradePathItem(document, item, ['paths', path], report);
  }
}

function upgradePathItem(
  document: JsonObject,
  item: JsonObject,
  path: readonly string[],
  report: Report,
): void {
  const shared = payloadOf(item, document);
  for (const [method, operation, kind] of childrenOf(item, 'pathItem')) {
    if (kind !== 'operation' || !isObject(operation)) continue;
    const own = payloadOf(operation, document);
    // Parameters of the path apply to every operation, but GET and HEAD have no body.
    const inherited = method === 'get' || method === 'head' ? [] : shared;
    const at = [...path, method];
    upgradeBody(operation, document, combine(own, inherited), at, report);
    upgradeParameters(operation, document, at, report);
    upgradeResponses(operation, document);
    for (const key of ['consumes', 'produces', 'schemes']) Reflect.deleteProperty(operation, key);
  }
  upgradeParameters(item, document, path, report);
}

/** Whether an operation or a path has a parameter of 2.0. */
export function hasSwaggerParameters(document: JsonObject): boolean {
  const hasOwn = (holder: Json): boolean =>
    array(childOf(holder, 'parameters')).some((one) => isSwaggerParameter(resolve(document, one)));
  return childrenOf(document['paths'] ?? null, 'paths').some(
    ([, item]) => hasOwn(item) || childrenOf(item, 'pathItem').some(([, child]) => hasOwn(child)),
  );
}

/** The parameters of a path or an operation that are sent in the body. */
function payloadOf(holder: JsonObject, document: JsonObject): JsonObject[] {
  const parameters = childrenOf(holder['parameters'] ?? null, 'parameterList');
  return parameters.map(([, value]) => resolve(document, value)).filter(isPayload);
}

/** An operation's parameter replaces the path's of the same name, and its form replaces the path's body. */
function combine(own: readonly JsonObject[], shared: readonly JsonObject[]): JsonObject[] {
  const added = shared.filter(
    (value) => !own.some((mine) => mine['in'] === value['in'] && mine['name'] === value['name']),
  );
  return own.length === 0 ? added : [...own, ...added.filter((value) => value['in'] !== 'body')];
}

function upgradeBody(
  operation: JsonObject,
  document: JsonObject,
  payload: readonly JsonObject[],
  at: readonly string[],
  report: Report,
): void {
  if (payload.length === 0) return;
  if (document['openapi'] !== undefined && isObject(operation['requestBody'])) {
    report(besideBody(payload, formatPointer(at), 'a requestBody'));
    return;
  }
  const consumes = texts(childOf(operation, 'consumes') ?? childOf(document, 'consumes'));
  operation['requestBody'] = requestBodyOf(payload, consumes, formatPointer(at), report);
}

function upgradeParameters(
  holder: JsonObject,
  document: JsonObject,
  at: readonly string[],
  report: Report,
): void {
  const parameters = childrenOf(holder['parameters'] ?? null, 'parameterList');
  if (parameters.length === 0) return;
  const kept = parameters.filter(([, value]) => !isPayload(resolve(document, value)));
  holder['parameters'] = kept.map(([index, value]) => {
    return upgradeParameter(value, formatPointer([...at, 'parameters', index]), report);
  });
}

function upgradeResponses(operation: JsonObject, document: JsonObject): void {
  const produces = texts(childOf(operation, 'produces') ?? childOf(document, 'produces'));
  const responses = childOf(operation, 'responses');
  if (!isObject(responses)) return;
  for (const [status, response] of childrenOf(responses, 'statusResponses')) {
    responses[status] = upgradeResponse(response, produces);
  }
}

/** Upgrades a response of a 2.0 document; `produces` may be empty. */
export function upgradeResponse(response: Json, produces: readonly string[]): Json {
  if (!isObject(response) || isReference(response)) return response;
  const { schema, examples, headers, ...rest } = response;
  const content = contentOf(schema, isObject(examples) ? examples : {}, produces);
  const upgraded = isObject(headers) && { headers: upgradeHeaders(headers) };
  return { ...rest, ...upgraded, ...(Object.keys(content).length > 0 && { content }) };
}

function contentOf(
  schema: Json | undefined,
  examples: JsonObject,
  produces: readonly string[],
): JsonObject {
  const stated = schema === undefined ? [] : typesOf(schema, produces);
  const types = new Set([...stated, ...Object.keys(examples).filter((key) => key.includes('/'))]);
  return Object.fromEntries(
    [...types].map((type) => {
      const example = childOf(examples, type);
      const media: JsonObject = {
        ...(schema !== undefined && { schema: structuredClone(schema) }),
      };
      return [type, example === undefined ? media : { ...media, example }];
    }),
  );
}

function typesOf(schema: Json, produces: readonly string[]): readonly string[] {
  if (produces.length > 0) return produces;
  return childOf(schema, 'type') === 'file' ? ['application/octet-stream'] : ['application/json'];
}

function upgradeHeaders(headers: JsonObject): JsonObject {
  return record(Object.entries(headers).map(([name, header]) => [name, upgradeHeader(header)]));
}

function upgradeHeader(header: Json): Json {
  if (!isObject(header) || isReference(header)) return header;
  const { schema, rest } = splitSchema(header);
  return { ...rest, schema };
}
