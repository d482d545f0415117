import { isObject, type Json, type JsonObject } from '../json.js';
import { grammar, type Kind, type Rule } from './grammar.js';

/** An object that refers to another one: `{ "$ref": "…" }`, perhaps with siblings. */
export type Reference = JsonObject & { $ref: string };

/** Tells a reference from every other JSON value; a property that happens to be named `$ref` has an object there. */
export function isReference(value: Json | undefined): value is Reference {
  return isObject(value) && typeof value['$ref'] === 'string' && Object.hasOwn(value, '$ref');
}

/** One value inside another, under its key, with what the grammar says it is. */
export type Child = readonly [key: string, value: Json, kind: Kind];

/** The children of a value that are not data. */
export function childrenOf(value: Json, kind: Kind): Child[] {
  const children: Child[] = [];
  eachChild(value, kind, (child, childKind, key) => children.push([key, child, childKind]));
  return children;
}

/** Shows the children of a value that are not data. */
export function eachChild(
  value: Json,
  kind: Kind,
  show: (child: Json, kind: Kind, key: string) => void,
): void {
  if (typeof value !== 'object' || value === null) return;
  const rule = grammar[kind];
  if (!Array.isArray(value)) {
    if (rule.fields !== undefined || rule.each !== undefined) eachMember(value, rule, show);
  } else if (rule.list !== undefined) {
    for (let index = 0; index < value.length; index += 1)
      show(value[index] ?? null, rule.list, String(index));
  }
}

function eachMember(
  value: JsonObject,
  rule: Rule,
  show: (child: Json, kind: Kind, key: string) => void,
): void {
  for (const key of Object.keys(value)) {
    const kind = kindOf(key, rule);
    if (kind !== undefined) show(value[key] ?? null, kind, key);
  }
}

function kindOf(key: string, { fields, each, extensible }: Rule): Kind | undefined {
  if (fields !== undefined && Object.hasOwn(fields, key)) return fields[key];
  return extensible && key.startsWith('x-') ? undefined : each;
}

/** Hears of a value, what it is and where; the path is reused and must be copied to be kept. */
export type Visitor<Value> = (value: Value, kind: Kind, path: readonly string[]) => void;

/**
 * Shows every value that is not data to the visitor, parents before children. The visitor may change a value,
 * and what it then holds is visited.
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

/** Shows every `$ref` that is one, and not data, to the visitor. */
export function visitReferences(root: Json, visitor: Visitor<Reference>): void {
  visit(root, (value, kind, path) => {
    if (isReference(value)) visitor(value, kind, path);
  });
}
