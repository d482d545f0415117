import type { Json, JsonObject, Report } from '../document.js';
import { childOf, isObject } from '../../json.js';
import { isReference, stringsOf } from '../json.js';
import { formatPointer, parsePointer, valueAt } from '../../pointer.js';
import { requestBodyOf } from './swagger-body.js';
import { isPayload, upgradeParameter } from './swagger-parameter.js';
import { upgradeResponse } from './swagger-response.js';
import { childrenOf } from '../walk.js';

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
    // Parameters of the path are every operation's, but a body is nothing for these two.
    const inherited = method === 'get' || method === 'head' ? [] : shared;
    const at = [...path, method];
    upgradeBody(operation, document, combine(own, inherited), at, report);
    upgradeParameters(operation, document, at, report);
    upgradeResponses(operation, document);
    for (const key of ['consumes', 'produces', 'schemes']) Reflect.deleteProperty(operation, key);
  }
  upgradeParameters(item, document, path, report);
}

/** What is sent in the body, of the parameters of a path or an operation. */
function payloadOf(holder: JsonObject, document: JsonObject): JsonObject[] {
  const parameters = childrenOf(holder['parameters'] ?? null, 'parameterList');
  return parameters.map(([, value]) => dereference(value, document)).filter(isPayload);
}

/** An operation's parameter counts instead of the path's of the same name, and its form instead of the path's body. */
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
  const consumes = stringsOf(childOf(operation, 'consumes') ?? childOf(document, 'consumes')) ?? [];
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
  const kept = parameters.filter(([, value]) => !isPayload(dereference(value, document)));
  holder['parameters'] = kept.map(([index, value]) => {
    return upgradeParameter(value, formatPointer([...at, 'parameters', index]), report);
  });
}

function upgradeResponses(operation: JsonObject, document: JsonObject): void {
  const produces = stringsOf(childOf(operation, 'produces') ?? childOf(document, 'produces')) ?? [];
  const responses = childOf(operation, 'responses');
  if (!isObject(responses)) return;
  for (const [status, response] of childrenOf(responses, 'statusResponses')) {
    responses[status] = upgradeResponse(response, produces);
  }
}

/** What a parameter that is a reference, or a reference to one, refers to. */
function dereference(value: Json, document: JsonObject): Json {
  let found: Json | undefined = value;
  for (let hops = 0; isReference(found) && hops < 10; hops += 1) {
    found = valueAt(document, parsePointer(found.$ref.slice(1)) ?? []);
  }
  return found ?? null;
}
