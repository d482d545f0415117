import { InputError, type Problem } from '../errors.js';
import { childOf, isObject, object, setChild, type Json, type JsonObject } from '../json.js';
import { formatPointer, parsePointer, targetOf, valueAt } from '../pointer.js';
import type { Report } from './document.js';
import { grammar, type Kind } from './grammar.js';
import { correctCase } from './letter-case.js';
import { suggestMember } from './meant.js';
import { correctLevels } from './missing-levels.js';
import { unknownFields } from './unknown-fields.js';
import { isTypeName } from './upgrade/repair-schema.js';
import { eachChild, isReference, visit, visitReferences } from './walk.js';
import type { Child, Reference } from './walk.js';

/**
 * Requires something to generate from, removes values of the wrong shape, and replaces references that lead nowhere
 * with something permissive. The document is changed and returned.
 */
export function validate(document: Json, place: string, report: Report): JsonObject {
  const openapi = isObject(document) ? document : {};
  const references = repairShape(openapi, report);
  requirePaths(openapi, place);
  openBroken(openapi, references, report);
  return openapi;
}

/** Requires requests that can be made. */
function requirePaths(document: JsonObject, place: string): void {
  if (countOf(document, 'paths') > 0) return;
  const hooks = countOf(document, 'webhooks') > 0 || countOf(document, 'x-webhooks') > 0;
  const message = hooks
    ? 'The document has only webhooks, which are requests sent by the API.'
    : 'The document has no paths, so there is nothing to call.';
  const remedy = 'Add paths with operations, or use the document that has them.';
  throw new InputError({ code: 'NO_PATHS', message, place: `${place}#/paths`, remedy });
}

function countOf(document: JsonObject, field: string): number {
  return Object.keys(object(childOf(document, field))).filter((key) => !key.startsWith('x-'))
    .length;
}

/**
 * Removes every value that is not the object or list that the specification requires, so that later stages need not
 * check. The document is changed. Returns one of its references for each target and kind.
 */
function repairShape(document: JsonObject, report: Report): Map<string, FoundReference> {
  const references = new Map<string, FoundReference>();
  const reported = new Set<string>();
  visit(document, (value, kind, path) => {
    correctCase(value, kind);
    correctLevels(value, kind, document);
    for (const problem of unknownFields(value, kind, path))
      if (reported.size < reported.add(problem.message).size) report(problem);
    // `- *paging` in YAML, where the alias is a list.
    if (kind === 'parameterList' && Array.isArray(value) && value.some(Array.isArray))
      value.splice(0, value.length, ...value.flat());
    if (isReference(value)) references.set(referenceKey(value, kind), { value, kind });
    const misfits: Child[] = [];
    eachChild(value, kind, (child, childKind, key) => {
      if (!fits(child, childKind)) misfits.push([key, child, childKind]);
    });
    for (const [key, child, childKind] of misfits) {
      if (!repairChild(value, key, child, childKind))
        report(misfit(child, [...path, key], childKind));
    }
    if (misfits.length > 0 && Array.isArray(value))
      keepWhere(value, (item) => fits(item, grammar[kind].list ?? kind));
  });
  return references;
}

interface FoundReference {
  readonly value: Reference;
  readonly kind: Kind;
}

/** References with the same key lead to the same target, or all lead nowhere. */
function referenceKey({ $ref }: Reference, kind: Kind): string {
  return kind === 'schema' ? `schema ${$ref}` : $ref;
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

/**
 * An empty value loses nothing by silent repair: YAML makes `null` of a key without a value. Neither does the name of a
 * type in the place of a schema, unless it is a keyword among properties, one level too deep.
 */
function repairChild(parent: Json, key: string, child: Json, kind: Kind): boolean {
  if (kind === 'server' && typeof child === 'string') {
    setChild(parent, key, { url: child });
    return true;
  }
  if (!isObject(parent)) return false;
  const isKeyword = key === 'type' && (child === 'object' || child === 'array');
  if (kind === 'schema' && (child === null || (isTypeName(child) && !isKeyword))) {
    parent[key] = child === null ? {} : { type: child };
    return true;
  }
  const list = isList(kind) ? listOf(child, kind) : undefined;
  if (list !== undefined) {
    parent[key] = list;
    return true;
  }
  Reflect.deleteProperty(parent, key);
  return child === null && kind !== 'operation' && kind !== 'pathItem';
}

/** A list of one without its dash, where a server may be its URL; or parameters by their names. */
function listOf(value: Json, kind: Kind): Json[] | undefined {
  if (kind === 'servers' && typeof value === 'string') return [value];
  if (!isObject(value)) return undefined;
  if (kind === 'servers' || kind === 'schemaList' || 'in' in value || isReference(value))
    return [value];
  const named = Object.entries(value).map(([name, one]) => isObject(one) && { name, ...one });
  return named.every(isObject) ? named : undefined;
}

function keepWhere(list: Json[], isKept: (item: Json) => boolean): void {
  const kept = list.filter(isKept);
  list.splice(0, list.length, ...kept);
}

function misfit(value: Json, path: readonly string[], kind: Kind): Problem {
  const type = isObject(value) ? 'an object' : `a ${typeof value}`;
  const found = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : type;
  const wanted = isList(kind) ? 'a list' : 'an object';
  return {
    code: 'INVALID_VALUE',
    message: `Expected ${wanted}, found ${found}; it is ignored.`,
    place: formatPointer(path),
    remedy: 'Correct or remove it.',
  };
}

/**
 * Reports every `$ref` that leads nowhere, and accepts any value in its place: in a body of fifty properties, one
 * unknown property costs only that property.
 */
function openBroken(
  document: JsonObject,
  references: ReadonlyMap<string, FoundReference>,
  report: Report,
): void {
  const ends = new Map<Json, Json | undefined>();
  const dangling = new Set(
    [...references].flatMap(([key, { value, kind }]) =>
      canBe(endOf(document, value, ends), kind) ? [] : [key],
    ),
  );
  if (dangling.size === 0) return;
  const broken: (FoundReference & { path: readonly string[] })[] = [];
  visitReferences(document, (value, kind, path) => {
    if (dangling.has(referenceKey(value, kind))) broken.push({ value, kind, path: [...path] });
  });
  for (const [index, { value, kind, path }] of broken.entries()) {
    const target = value.$ref.startsWith('#') ? parsePointer(value.$ref.slice(1)) : undefined;
    const meant = index < SUGGESTED ? suggestMember(document, target ?? []) : '';
    report(unresolvedReference(value.$ref, kind, path, meant));
    open(document, value, kind, path);
  }
}

/** Broken references whose remedy proposes a target: comparing each with thousands of names would take long. */
const SUGGESTED = 50;

/**
 * The target of a reference, followed to the end; undefined in a circle. `ends` remembers the targets, since in a long
 * chain every reference asks.
 */
function endOf(
  document: JsonObject,
  reference: Reference,
  ends: Map<Json, Json | undefined>,
): Json | undefined {
  const passed = new Set<Json>();
  let value: Json | undefined = reference;
  while (isReference(value) && !ends.has(value) && !passed.has(value)) {
    passed.add(value);
    // `#` is the whole document, which is not a valid target of any kind.
    value = value.$ref === '#' ? undefined : targetOf(document, value.$ref);
  }
  const end = isReference(value) ? ends.get(value) : value;
  for (const one of passed) ends.set(one, end);
  return end;
}

function canBe(value: Json | undefined, kind: Kind): boolean {
  return isObject(value) || (kind === 'schema' && typeof value === 'boolean');
}

const openBody = { 'application/json': { schema: {} } };

function open(document: JsonObject, value: Reference, kind: Kind, path: readonly string[]): void {
  // An unknown credential must not be treated as none.
  if (kind === 'securityScheme') return;
  Reflect.deleteProperty(value, '$ref');
  if (kind === 'requestBody') Object.assign(value, { content: structuredClone(openBody) });
  const parent = kind === 'parameter' ? valueAt(document, path.slice(0, -1)) : undefined;
  if (Array.isArray(parent)) parent.splice(parent.indexOf(value), 1);
}

const consequences = new Map<Kind, string>([
  ['schema', 'any value is accepted there'],
  ['requestBody', 'any JSON is accepted there'],
  ['securityScheme', 'operations that need it cannot be authenticated'],
]);

function unresolvedReference(
  reference: string,
  kind: Kind,
  path: readonly string[],
  meant: string,
): Problem {
  return {
    code: 'UNRESOLVED_REF',
    message: `The $ref ${JSON.stringify(reference)} does not resolve.`,
    place: formatPointer(path),
    remedy: `${meant}Add the target or correct the reference. Until then, ${consequences.get(kind) ?? 'it is ignored'}.`,
  };
}
