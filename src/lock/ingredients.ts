import { createHash } from 'node:crypto';
import { hashGenerator } from './generator-hash.js';
import { byCodeUnit, isObject, object, type Json, type JsonObject } from '../json.js';
import type { Document } from '../load/document.js';
import { flagsOf } from '../plan/command.js';
import type { PlanOptions } from '../plan/plan.js';

/**
 * SHA-256 of everything that a project is made of, in hex: this generator, the document, the options. Equal
 * ingredients give equal projects. The reverse is not promised: a document whose schemas stand in another order has
 * another hash, though nothing may come of it.
 */
export function hashIngredients(document: Document, options: PlanOptions): string {
  const { openapi, warnings: _, ...facts } = document;
  return createHash('sha256')
    .update(hashGenerator())
    .update(JSON.stringify([facts, flagsOf(document, options)]))
    .update(exactText({ ...openapi, paths: inAnyOrder(object(openapi['paths'])) }))
    .digest('hex');
}

/** The paths and their operations, which come in any order, in one. */
function inAnyOrder(paths: JsonObject): JsonObject {
  const items = Object.entries(paths).map(
    ([path, item]) => [path, isObject(item) ? sorted(Object.entries(item)) : item] as const,
  );
  return sorted(items);
}

function sorted(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries.toSorted(([a], [b]) => byCodeUnit(a, b)));
}

/** JSON in which -0, which is printed as such into a schema, is not 0. */
function exactText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(exactText).join()}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}:${exactText(member)}`,
    );
    return `{${members.join()}}`;
  }
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}
