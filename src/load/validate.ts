import { InputError, type Problem } from '../errors.js';
import { childOf, isObject, type Json, type JsonObject } from '../json.js';
import { formatPointer, targetOf } from '../pointer.js';
import type { Report } from './document.js';
import { grammar, type Kind } from './grammar.js';
import { childrenOf, visit, visitReferences } from './walk.js';

/**
 * Makes sure that there is something to generate from, takes out what has the wrong shape, and reports references that
 * lead nowhere. The document is changed and returned.
 */
export function validate(document: Json, place: string, report: Report): JsonObject {
  const openapi = isObject(document) ? document : {};
  repairShape(openapi, report);
  requirePaths(openapi, place);
  checkReferences(openapi, report);
  return openapi;
}

/** Makes sure that the document describes requests that can be made at all. */
function requirePaths(document: JsonObject, place: string): void {
  if (countOf(document, 'paths') > 0) return;
  const hooks = countOf(document, 'webhooks') > 0 || countOf(document, 'x-webhooks') > 0;
  const message = hooks
    ? 'The document has webhooks only, which the API calls and nobody else.'
    : 'The document has no paths, so there is nothing to call.';
  const remedy = 'Add paths with operations, or give the document that has them.';
  throw new InputError({ code: 'NO_PATHS', message, place: `${place}#/paths`, remedy });
}

function countOf(document: JsonObject, field: string): number {
  const value = childOf(document, field);
  if (!isObject(value)) return 0;
  return Object.keys(value).filter((key) => !key.startsWith('x-')).length;
}

/**
 * Takes out what is neither an object nor a list where the specification wants one, so that whoever reads the
 * document later need not ask. The document is changed.
 */
function repairShape(document: JsonObject, report: Report): void {
  visit(document, (value, kind, path) => {
    const misfits = childrenOf(value, kind).filter(
      ([, child, childKind]) => !fits(child, childKind),
    );
    if (misfits.length === 0) return;
    for (const [key, child, childKind] of misfits) {
      if (!mend(value, key, child, childKind)) report(misfit(child, [...path, key], childKind));
    }
    if (Array.isArray(value)) keepWhere(value, (item) => fits(item, grammar[kind].list ?? kind));
  });
}

function fits(value: Json, kind: Kind): boolean {
  if (kind === 'schema')
    return isObject(value) || typeof value === 'boolean' || Array.isArray(value);
  // In 2.0 a discriminator is the name of a property.
  if (kind === 'discriminator') return isObject(value) || typeof value === 'string';
  return isList(kind) ? Array.isArray(value) : isObject(value);
}

function isList(kind: Kind): boolean {
  return grammar[kind].list !== undefined && grammar[kind].fields === undefined;
}

/** What was left empty loses nothing by being mended silently: YAML makes `null` of a key without a value. */
function mend(parent: Json, key: string, child: Json, kind: Kind): boolean {
  if (!isObject(parent)) return false;
  if (child === null && kind === 'schema') {
    parent[key] = {};
    return true;
  }
  Reflect.deleteProperty(parent, key);
  return child === null && kind !== 'operation' && kind !== 'pathItem';
}

function keepWhere(list: Json[], isKept: (item: Json) => boolean): void {
  const kept = list.filter(isKept);
  list.splice(0, list.length, ...kept);
}

function misfit(value: Json, path: readonly string[], kind: Kind): Problem {
  const found = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  const wanted = isList(kind) ? 'a list' : 'an object';
  return {
    code: 'INVALID_VALUE',
    message: `There is ${found.replace('a object', 'an object')} where ${wanted} belongs; it is left out.`,
    place: formatPointer(path),
    remedy: 'Correct or remove it.',
  };
}

/** Reports every `$ref` that does not resolve; what uses it cannot be used. */
function checkReferences(document: JsonObject, report: Report): void {
  const known = new Map<string, boolean>();
  visitReferences(document, ({ $ref }, _, path) => {
    // `#` is the whole document, which is nothing that a reference can mean.
    const resolves = known.get($ref) ?? ($ref !== '#' && targetOf(document, $ref) !== undefined);
    known.set($ref, resolves);
    if (!resolves) report(unresolvedReference($ref, path));
  });
}

function unresolvedReference(reference: string, path: readonly string[]): Problem {
  return {
    code: 'UNRESOLVED_REF',
    message: `The $ref ${JSON.stringify(reference)} does not resolve.`,
    place: formatPointer(path),
    remedy:
      'Add what it refers to, or correct it; until then operations that need it are left out.',
  };
}
