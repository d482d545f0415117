import type { Json } from './document.js';
import { isObject } from '../json.js';
import { isReference, type Reference } from './json.js';
import { grammar, type Kind, type Rule } from './grammar.js';

/** One value inside another, under its key, with what the grammar says it is. */
export type Child = readonly [key: string, value: Json, kind: Kind];

/** The children of a value that are not data. */
export function childrenOf(value: Json, kind: Kind): Child[] {
  const rule = grammar[kind];
  if (Array.isArray(value)) {
    const { list } = rule;
    return list ? value.map((item, index): Child => [String(index), item, list]) : [];
  }
  return isObject(value) ? membersOf(value, rule) : [];
}

function membersOf(value: { [key: string]: Json }, rule: Rule): Child[] {
  const members: Child[] = [];
  for (const [key, child] of Object.entries(value)) {
    const kind = kindOf(key, rule);
    if (kind) members.push([key, child, kind]);
  }
  return members;
}

function kindOf(key: string, rule: Rule): Kind | undefined {
  if (rule.fields && Object.hasOwn(rule.fields, key)) return rule.fields[key];
  return rule.extensible && key.startsWith('x-') ? undefined : rule.each;
}

/** Hears of a value, what it is and where; the path is reused and must be copied to be kept. */
export type Visitor<Value> = (value: Value, kind: Kind, path: readonly string[]) => void;

/**
 * Shows every value that is not data to the visitor, parents before children. The visitor may change a value,
 * and what it then holds is visited.
 */
export function visit(value: Json, visitor: Visitor<Json>, kind: Kind = 'root'): void {
  descend(value, kind, [], visitor);
}

function descend(value: Json, kind: Kind, path: string[], visitor: Visitor<Json>): void {
  visitor(value, kind, path);
  for (const [key, child, childKind] of childrenOf(value, kind)) {
    path.push(key);
    descend(child, childKind, path, visitor);
    path.pop();
  }
}

/** Shows every `$ref` that is one, and not data, to the visitor. */
export function visitReferences(root: Json, visitor: Visitor<Reference>): void {
  visit(root, (value, kind, path) => {
    if (isReference(value)) visitor(value, kind, path);
  });
}
