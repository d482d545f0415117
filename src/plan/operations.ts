import type { JsonObject } from '../load/document.js';
import type { Problem } from '../errors.js';
import { array, isObject, object, text, texts } from '../json.js';
import { formatPointer } from '../pointer.js';
import { attempt } from './left-out.js';
import { resolve } from './reference.js';

/** One operation of the document, with what it inherits from its path. */
export interface Operation {
  /** Where it stands in the document. */
  readonly place: string;
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  readonly operationId?: string;
  readonly tags: readonly string[];
  /** The Operation Object. */
  readonly definition: JsonObject;
  /** The Path Item Object. */
  readonly pathItem: JsonObject;
  /** Those of the operation, and those of the path that it does not replace; references resolved. */
  readonly parameters: readonly JsonObject[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
// Fetch refuses to send it (WHATWG Fetch, "forbidden method").
const UNSENDABLE = ['trace'];
// OpenAPI 3.2, Path Item Object.
const UNKNOWN = ['query', 'additionalOperations'];

/** The operations of a document in its order, and what about them cannot be used. */
export function listOperations(root: JsonObject): { operations: Operation[]; warnings: Problem[] } {
  const warnings: Problem[] = [];
  const operations = Object.entries(object(root['paths'])).flatMap(([path, item]) => {
    if (path.startsWith('x-')) return [];
    return (
      attempt(formatPointer(['paths', path]), warnings, () =>
        operationsOf(root, path, resolve(root, item), warnings),
      ) ?? []
    );
  });
  return { operations, warnings };
}

function operationsOf(
  root: JsonObject,
  path: string,
  pathItem: JsonObject,
  warnings: Problem[],
): Operation[] {
  return Object.entries(pathItem).flatMap(([key, definition]) => {
    const place = formatPointer(['paths', path, key]);
    if (UNSENDABLE.includes(key))
      warnings.push(unsupported(place, `${key.toUpperCase()} requests cannot be sent`));
    if (UNKNOWN.includes(key)) warnings.push(unsupported(place, `${key} is not supported yet`));
    if (!METHODS.includes(key) || !isObject(definition)) return [];
    return (
      attempt(place, warnings, () => [
        describe(root, { place, path, method: key.toUpperCase(), definition, pathItem }),
      ]) ?? []
    );
  });
}

function unsupported(place: string, reason: string): Problem {
  return { code: 'UNSUPPORTED_METHOD', place, message: `Left out: ${reason}.` };
}

function describe(
  root: JsonObject,
  base: Pick<Operation, 'place' | 'path' | 'method' | 'definition' | 'pathItem'>,
): Operation {
  const operationId = text(base.definition['operationId']);
  return {
    ...base,
    ...(operationId !== undefined && { operationId }),
    tags: texts(base.definition['tags']),
    parameters: mergeParameters(root, base.pathItem, base.definition),
  };
}

// OpenAPI 3.1, Operation Object: a parameter is identified by its name and place; the operation's wins.
function mergeParameters(
  root: JsonObject,
  pathItem: JsonObject,
  definition: JsonObject,
): JsonObject[] {
  const all = [...array(pathItem['parameters']), ...array(definition['parameters'])].map(
    (parameter) => resolve(root, parameter),
  );
  return [
    ...new Map(
      all.map((parameter) => [JSON.stringify([parameter['in'], parameter['name']]), parameter]),
    ).values(),
  ];
}
