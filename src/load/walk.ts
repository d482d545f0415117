import { isObject, type Json, type JsonObject } from '../json.js';
import { grammar, type Kind, type Rule } from './grammar.js';

/** An object that refers to another one: `{ "$ref": "…" }`, perhaps with siblings. */
export type Reference = JsonObject & { $ref: string };

/**
 * Distinguishes a reference from every other JSON value; a property that happens to be named `$ref` has an object
 * there.
 */
export function isReference(value: Json | undefined): value is Reference {
  return isObject(value) && typeof value['$ref'] === 'string' && Object.hasOwn(value, '$ref');
}

/** One value inside another, with its key and its kind in the grammar. */
export type Child = readonly [key: string, value: Json, kind: Kind];

/** The children of a value that are not data. */
export function childrenOf(value: Json, kind: Kind): Child[] {
  const children: Child[] = [];
  eachChild(value, kind, (child, childKind, key) => children.push([key, child, childKind]));
  return children;
}

/** Calls the visitor with each child of a value that is not data. */
export function eachChild(
  value: Json,
  kind: Kind,
  show: (child: Json, kind: Kind, key: string) => void,
): void {
  if (typeof value !== 'object' || value === null) return;
  const rule = grammar[kind];
  if (!Array.isArray(value)) {
    if (rule.fields !== undefined || rule.each !== undefined) eachMember(value, kind, rule, show);
  } else if (rule.list !== undefined) {
    for (let index = 0; index < value.length; index += 1)
      show(value[index] ?? null, rule.list, String(index));
  }
}

/** The fields of each kind. A document has hundreds of thousands of members, and a map finds each of them sooner. */
const fieldsOf: ReadonlyMap<string, ReadonlyMap<string, Kind>> = new Map(
  Object.entries(grammar).map(([kind, { fields }]) => [
    kind,
    new Map(Object.entries(fields ?? {})),
  ]),
);

function eachMember(
  value: JsonObject,
  kind: Kind,
  { each, extensible, section }: Rule,
  show: (child: Json, kind: Kind, key: string) => void,
): void {
  const fields = fieldsOf.get(kind);
  for (const key of Object.keys(value)) {
    // A callback is a map, or a reference to one.
    const isMember = !(extensible && (key.startsWith('x-') || (section && key === '$ref')));
    const other = isMember ? each : undefined;
    const childKind = fields?.get(key) ?? other;
    if (childKind !== undefined) show(value[key] ?? null, childKind, key);
  }
}

/** Called with each value, its kind and its path; the path is reused and must be copied to be kept. */
export type Visitor<Value> = (value: Value, kind: Kind, path: readonly string[]) => void;

/**
 * Visits every value that is not data, parents before children. The visitor may change a value, and the changed value
 * is then visited.
 */
export function visit(root: Json, visitor: Visitor<Json>, rootKind: Kind = 'root'): void {
  const path: string[] = [];
  const descend = (value: Json, kind: Kind, key: string) => {
    path.push(key);
    visitor(value, kind, path);
    eachChild(value, kind, descend);
    path.pop();
  };
  visitor(root, rootKind, path);
  eachChild(root, rootKind, descend);
}

/** Visits every `$ref` that is a reference and not data. */
export function visitReferences(root: Json, visitor: Visitor<Reference>): void {
  visit(root, (value, kind, path) => {
    if (isReference(value)) visitor(value, kind, path);
  });
}
