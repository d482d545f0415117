import { inspect } from 'node:util';
import SwaggerParser from '@apidevtools/swagger-parser';
import { isObject, type Json, type JsonObject } from '../../src/json.js';
import { bundle } from '../../src/load/bundle/bundle.js';
import { crawl } from '../../src/load/bundle/crawl.js';
import { sectionsOf } from '../../src/load/grammar.js';
import { parseBytes } from '../../src/load/parse/parse.js';
import { locate } from '../../src/load/read/location.js';
import { createReader } from '../../src/load/read/read.js';
import { detectVersion } from '../../src/load/version.js';
import { targetOf } from '../../src/pointer.js';

/** The operations of a document as swagger-parser resolves them, compared with those that `load` bundles. */
export interface Comparison {
  readonly operations: number;
  /** The differences: `get /pets: /responses/200/schema/type: 'string' here, 'integer' there`. */
  readonly differences: readonly string[];
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
/** Objects whose keys are names that the document chooses. */
const maps = new Set([
  ...['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas'],
  ...['responses', 'content', 'headers', 'callbacks', 'links', 'encoding'],
]);
/** Members with data, in which `$ref` has no meaning. */
const data = new Set(['example', 'examples', 'default', 'enum', 'const', 'value']);

/** Compares each operation with all references followed. Rejects when swagger-parser cannot read the document. */
export async function compareWithSwaggerParser(file: string): Promise<Comparison> {
  const theirs = await SwaggerParser.dereference(file, { dereference: { circular: true } });
  const ours = await bundled(file);
  const differences: string[] = [];
  let operations = 0;
  for (const [path, item] of members(ours['paths'] ?? null)) {
    const { target, beside } = follow(ours, item);
    const pathItem = isObject(target) ? { ...target, ...beside } : {};
    for (const method of methods.filter((name) => name in pathItem)) {
      operations += 1;
      const there = memberOf(memberOf(memberOf(theirs, 'paths'), path), method);
      const report = (place: string) => differences.push(`${method} ${path}: ${place}`);
      createComparison(ours, report)(pathItem[method] ?? null, there, [], false);
    }
  }
  return { operations, differences };
}

/** The document before it is upgraded: swagger-parser leaves versions as they are. */
async function bundled(file: string): Promise<JsonObject> {
  const root = locate(file);
  const read = createReader({ root, named: [root] }, {});
  const { url, bytes } = await read(root);
  const ignore = () => undefined;
  const value = parseBytes(bytes, file, ignore);
  const version = detectVersion(value, file);
  const sections = sectionsOf(version);
  const { files } = await crawl(url, value, sections, read, ignore);
  const result = bundle(url.href, files, sections);
  if (!isObject(result)) throw new Error(`${file} is not an object`);
  return result;
}

/**
 * Two known differences are ignored: swagger-parser drops the siblings of a reference in a cycle, and does not support
 * `$dynamicRef`.
 */
function createComparison(root: JsonObject, report: (place: string) => void) {
  // Both sides may be circular, each in its own way.
  const met = new Map<unknown, Set<unknown>>();
  return function compare(here: Json, there: unknown, path: string[], named: boolean): void {
    const { target, beside } = named ? { target: here, beside: {} } : follow(root, here);
    const seen = met.get(here) ?? new Set();
    met.set(here, seen);
    if ((isObject(here) && seen.has(there)) || hasDynamicReference(there)) return;
    seen.add(there);
    const keys = keysOf(target, there);
    if (keys === undefined) {
      if (!Object.is(target, there))
        report(`/${path.join('/')}: ${show(target)} here, ${show(there)} there`);
      return;
    }
    for (const key of keys) {
      if (!named && (data.has(key) || key.startsWith('x-'))) continue;
      const other = memberOf(there, key);
      const own = memberOf(target, key);
      const mine = Object.hasOwn(beside, key) && !Object.is(own, other) ? beside[key] : own;
      compare(mine as Json, other, [...path, key], !named && maps.has(key));
    }
  };
}

/** The keys of two objects or two lists; undefined if there is a value to compare. */
function keysOf(ours: unknown, there: unknown): string[] | undefined {
  const alike =
    typeof ours === 'object' && typeof there === 'object' && ours !== null && there !== null;
  if (!alike || Array.isArray(ours) !== Array.isArray(there)) return undefined;
  return [...new Set([...Object.keys(ours), ...Object.keys(there)])];
}

/** The target of a reference, through others, with their siblings, the outermost first. */
function follow(root: JsonObject, value: Json): { target: Json; beside: JsonObject } {
  const passed = new Set<Json>();
  let [target, beside]: [Json, JsonObject] = [value, {}];
  while (isObject(target) && typeof target['$ref'] === 'string' && !passed.has(target)) {
    passed.add(target);
    const { $ref: reference, ...rest } = target;
    beside = { ...rest, ...beside };
    target = targetOf(root, reference) ?? null;
  }
  return { target, beside };
}

function members(value: Json): [string, Json][] {
  return isObject(value) ? Object.entries(value).filter(([key]) => !key.startsWith('x-')) : [];
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function hasDynamicReference(schema: unknown): boolean {
  return memberOf(schema, '$dynamicRef') !== undefined;
}

function show(value: unknown): string {
  return inspect(value, { breakLength: Infinity, depth: 1 }).slice(0, 60);
}
