import { isDots } from '../../../templates/src/runtime/text.js';
import type { Json, JsonObject } from '../../load/document.js';
import type { Problem } from '../../errors.js';
import { array, isObject, object, scalar, text } from '../../json.js';
import { formatPointer, resolve, resolveDescribed } from '../../pointer.js';
import { attempt, LeftOut } from '../left-out.js';
import { readTemplate, visiblePath, type PathTemplate } from './path-template.js';

/** One operation of the document, including everything it inherits from its path. */
export interface Operation extends PathTemplate {
  /** Its place in the document. */
  readonly place: string;
  /** In upper case, unless it comes from `additionalOperations`. */
  readonly method: string;
  /** As written in the document, but for what is invisible. */
  readonly path: string;
  readonly operationId?: string | undefined;
  readonly tags: readonly string[];
  /** The Operation Object. */
  readonly definition: JsonObject;
  /** The Path Item Object. */
  readonly pathItem: JsonObject;
  /** The parameters of the operation, and those of the path that it does not override; references resolved. */
  readonly parameters: readonly JsonObject[];
}

// OpenAPI 3.2, Path Item Object: the fixed fields, and any other method under `additionalOperations`.
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];
// Fetch refuses to send them (WHATWG Fetch, "forbidden method").
const UNSENDABLE = ['TRACE', 'TRACK', 'CONNECT'];

/** The operations in the order of the document, and the problems of those that cannot be used. */
export function listOperations(root: JsonObject): { operations: Operation[]; warnings: Problem[] } {
  const warnings: Problem[] = [];
  const operations = Object.entries(object(root['paths'])).flatMap(([path, item]) => {
    if (path.startsWith('x-')) return [];
    return (
      attempt(formatPointer(['paths', path]), warnings, () =>
        operationsOf(root, path, resolvePathItem(root, item), warnings),
      ) ?? []
    );
  });
  return { operations, warnings: [...warnings, ...vendorPaths(root)] };
}

/** Operations in a vendor's extension, which only that vendor's tools read: one warning per extension. */
function vendorPaths(root: JsonObject): Problem[] {
  const items = Object.values(object(root['paths'])).map(object);
  const anyMethods = items.filter((item) => isObject(item[ANY_METHOD])).length;
  const azure = Object.values(object(root['x-ms-paths'])).map(object);
  const inAzure = azure.flatMap((item) =>
    METHODS.filter((method) => isObject(item[method])),
  ).length;
  return [
    ...(inAzure === 0 ? [] : [vendorProblem('x-ms-paths', inAzure, '#/x-ms-paths')]),
    ...(anyMethods === 0 ? [] : [vendorProblem(ANY_METHOD, anyMethods, '#/paths')]),
  ];
}

const ANY_METHOD = 'x-amazon-apigateway-any-method';

function vendorProblem(extension: string, count: number, place: string): Problem {
  const operations = count === 1 ? '1 operation is' : `${count} operations are`;
  return {
    code: 'VENDOR_OPERATIONS',
    place,
    message: `${operations} skipped: ${extension} is not part of OpenAPI.`,
    remedy: 'Add them under paths, each with its method, with --overlay.',
  };
}

/**
 * A path item may have fields beside its `$ref` (OpenAPI 3.1, Path Item Object); they take precedence. Parameters are
 * added to those of the target, which its path may need.
 */
function resolvePathItem(root: JsonObject, item: Json): JsonObject {
  const { $ref: _, ...own } = object(item);
  const target = resolve(root, item);
  if (target === item) return target;
  const parameters = [...array(target['parameters']), ...array(own['parameters'])];
  return { ...target, ...own, ...(parameters.length > 0 && { parameters }) };
}

function operationsOf(
  root: JsonObject,
  path: string,
  pathItem: JsonObject,
  warnings: Problem[],
): Operation[] {
  const place = (...keys: string[]) => formatPointer(['paths', path, ...keys]);
  const fixed = Object.entries(pathItem)
    .filter(([key]) => METHODS.includes(key))
    .map(([key, definition]) => ({ method: key.toUpperCase(), place: place(key), definition }));
  const additional = Object.entries(object(pathItem['additionalOperations'])).map(
    ([method, definition]) => ({
      method,
      place: place('additionalOperations', method),
      definition,
    }),
  );
  warnings.push(...unknownMethods(pathItem, place));
  return [...fixed, ...additional].flatMap((found) => {
    const fault = isObject(found.definition) ? methodFault(found.method) : 'it is not an object';
    if (fault !== undefined) warnings.push(unsupported(found.place, fault));
    if (fault !== undefined || !isObject(found.definition)) return [];
    const { definition } = found;
    return (
      attempt(found.place, warnings, () => [
        describe(root, { ...found, definition, path: visiblePath(path), pathItem }),
      ]) ?? []
    );
  });
}

/** Operations under names that are not methods of a Path Item Object: `purge`, or a misspelt one. */
function unknownMethods(pathItem: JsonObject, place: (key: string) => string): Problem[] {
  const keys = Object.keys(pathItem).filter(
    (key) => !METHODS.includes(key) && !key.startsWith('x-') && isObject(pathItem[key]),
  );
  const unknown = keys.filter((key) => isObject(object(pathItem[key])['responses']));
  const stray = ['operationId', 'requestBody', 'responses'].find((key) => key in pathItem);
  return [
    ...unknown.map((key) => ({
      ...unsupported(place(key), `${key} is not a method of a path in OpenAPI`),
      remedy: 'Correct it, or move the operation to additionalOperations, with --overlay.',
    })),
    ...(stray === undefined ? [] : [withoutMethod(place(stray))]),
  ];
}

function withoutMethod(place: string): Problem {
  return {
    ...unsupported(place, 'it belongs to an operation, which has a method'),
    remedy: 'Move it into get, post or another method of the path, with --overlay.',
  };
}

function methodFault(method: string): string | undefined {
  if (UNSENDABLE.includes(method.toUpperCase())) return `${method} requests cannot be sent`;
  // RFC 9110 section 9.1: a token, and case-sensitive.
  return /^[\w!#$%&'*+.^`|~-]+$/.test(method) ? undefined : 'that is not an HTTP method';
}

/** Other clients would resolve such a path, which then leads to another one. @throws LeftOut */
function checkSegments(template: string): void {
  const [plain = ''] = template.replace(/\{[^{}]*\}/g, 'x').split(/[?#]/, 1);
  if (!plain.includes('\\') && !plain.split('/').some(isDots)) return;
  throw new LeftOut(
    'UNSUPPORTED_PATH',
    'the path has a backslash, or a segment "." or ".."',
    'Write the path that is meant with --overlay.',
  );
}

function unsupported(place: string, reason: string): Problem {
  return {
    code: 'UNSUPPORTED_METHOD',
    place,
    message: `Skipped: ${reason}.`,
    remedy: 'To silence this warning, exclude the operation with --exclude.',
  };
}

function describe(
  root: JsonObject,
  base: Pick<Operation, 'place' | 'path' | 'method' | 'definition' | 'pathItem'>,
): Operation {
  const parameters = mergeParameters(root, base.pathItem, base.definition);
  const declared = parameters.map((parameter) => ({
    name: scalar(parameter['name']) ?? '',
    in: text(parameter['in']) ?? '',
  }));
  const template = readTemplate(base.path, declared);
  checkSegments(template.template);
  return {
    ...base,
    ...template,
    operationId: scalar(base.definition['operationId']) || undefined,
    tags: array(base.definition['tags']).flatMap((tag) => scalar(tag) ?? []),
    parameters,
  };
}

// OpenAPI 3.1, Operation Object: name and location identify a parameter; the operation's overrides the path's. Names of
// headers are the same in any case (RFC 9110 section 5.1).
function mergeParameters(
  root: JsonObject,
  pathItem: JsonObject,
  definition: JsonObject,
): JsonObject[] {
  const all = [...array(pathItem['parameters']), ...array(definition['parameters'])].map(
    (parameter) => resolveDescribed(root, parameter),
  );
  const identity = ({ in: place, name }: JsonObject) =>
    JSON.stringify([place, place === 'header' ? scalar(name)?.toLowerCase() : name]);
  return [...new Map(all.map((parameter) => [identity(parameter), parameter])).values()];
}
