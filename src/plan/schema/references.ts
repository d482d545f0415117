import type { Json, JsonObject } from '../../load/document.js';
import { isObject } from '../../json.js';
import { BrokenReference, lookup, refOf } from '../reference.js';
import {
  IN_PLACE_KEYWORDS,
  SCHEMA_ARRAY_KEYWORDS,
  SCHEMA_KEYWORDS,
  SCHEMA_MAP_KEYWORDS,
} from './keywords.js';

/** What is known of one schema that others refer to. */
interface Target {
  readonly schema: Json;
  /** The pointers it refers to, one for each place. */
  readonly refs: readonly string[];
  /** Characters of its own text. */
  readonly size: number;
}

/** The schemas of one document and how they refer to each other. Everything is computed once, in linear time. */
export interface ReferenceGraph {
  /** The schema behind a pointer. @throws BrokenReference */
  schema(pointer: string): Json;
  /** Whether a schema contains itself, through however many references. */
  isRecursive(pointer: string): boolean;
  /** Characters of the schema with all that it refers to written out, capped; Infinity when it is recursive. */
  expandedSize(pointer: string): number;
  /**
   * Whether a schema leads to another one, or is it, without going into a part of the value: a reference to it from
   * there would be a circle. Circles that `allOf` closes are inheritance, and are told apart.
   */
  closes(from: string, to: string, throughAllOf: boolean): boolean;
  /** How often each pointer is referred to from a schema and from all that it reaches. */
  uses(schema: Json): Map<string, number>;
}

const SIZE_CAP = 1_000_000;

export function createReferenceGraph(root: JsonObject): ReferenceGraph {
  const targets = new Map<string, Target>();
  const recursive = new Map<string, boolean>();
  const sizes = new Map<string, number>();

  function target(pointer: string): Target {
    const known = targets.get(pointer);
    if (known !== undefined) return known;
    const schema = pointer.startsWith('#') ? lookup(root, pointer) : undefined;
    if (!isObject(schema) && typeof schema !== 'boolean') throw new BrokenReference(pointer);
    const made = { schema, refs: refsIn(schema), size: JSON.stringify(schema).length };
    targets.set(pointer, made);
    return made;
  }

  function isRecursive(pointer: string): boolean {
    if (!recursive.has(pointer)) markComponents(pointer, (node) => target(node).refs, recursive);
    return recursive.get(pointer) ?? false;
  }

  function expandedSize(pointer: string): number {
    if (isRecursive(pointer)) return Infinity;
    const known = sizes.get(pointer);
    if (known !== undefined) return known;
    const { refs, size } = target(pointer);
    const whole = Math.min(
      SIZE_CAP,
      refs.reduce((sum, ref) => sum + (isRecursive(ref) ? 0 : expandedSize(ref)), size),
    );
    sizes.set(pointer, whole);
    return whole;
  }

  function uses(schema: Json): Map<string, number> {
    const counts = new Map<string, number>();
    const queue = refsIn(schema);
    for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
      const count = counts.get(ref) ?? 0;
      if (count === 0) queue.push(...target(ref).refs);
      counts.set(ref, count + 1);
    }
    return counts;
  }

  function closes(from: string, to: string, throughAllOf: boolean): boolean {
    if (!isRecursive(from)) return false;
    const seen = new Set<string>();
    const queue = [from];
    for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
      if (ref === to) return true;
      if (seen.has(ref)) continue;
      seen.add(ref);
      queue.push(...refsInPlace(target(ref).schema, throughAllOf));
    }
    return false;
  }

  return { schema: (pointer) => target(pointer).schema, isRecursive, closes, expandedSize, uses };
}

/** The `$ref`s at the places of a schema where schemas stand; a `$ref` in an example or an enum is data. */
export function refsIn(schema: Json): string[] {
  if (!isObject(schema)) return [];
  const own = refOf(schema);
  return [...(own === undefined ? [] : [own]), ...subschemas(schema).flatMap(refsIn)];
}

function refsInPlace(schema: Json, throughAllOf: boolean): string[] {
  if (!isObject(schema)) return [];
  const own = refOf(schema);
  const keywords = IN_PLACE_KEYWORDS.filter((keyword) => throughAllOf || keyword !== 'allOf');
  const nested = keywords.flatMap((keyword) => [schema[keyword] ?? []].flat());
  return [
    ...(own === undefined ? [] : [own]),
    ...nested.flatMap((item) => refsInPlace(item, throughAllOf)),
  ];
}

function subschemas(schema: JsonObject): Json[] {
  const single = SCHEMA_KEYWORDS.flatMap((keyword) => schema[keyword] ?? []);
  const listed = SCHEMA_ARRAY_KEYWORDS.flatMap((keyword) => schema[keyword] ?? []);
  const mapped = SCHEMA_MAP_KEYWORDS.flatMap((keyword) =>
    isObject(schema[keyword]) ? Object.values(schema[keyword]) : [],
  );
  return [...single, ...listed, ...mapped];
}

/**
 * Finds, from one node on, which nodes lie on a cycle: Tarjan's strongly connected components, with a stack of
 * its own, since documents nest deeper than the call stack goes.
 */
function markComponents(
  start: string,
  edges: (node: string) => readonly string[],
  result: Map<string, boolean>,
): void {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const onStack = new Set<string>();
  const work: { node: string; next: number }[] = [];
  const enter = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.push(node);
    onStack.add(node);
    work.push({ node, next: 0 });
  };
  const lower = (node: string, value: number) =>
    low.set(node, Math.min(low.get(node) ?? value, value));

  enter(start);
  for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
    const { node } = frame;
    const child = edges(node)[frame.next++];
    if (child === undefined) {
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(node) ?? 0);
      if (low.get(node) === index.get(node)) closeComponent(node);
    } else if (!index.has(child) && !result.has(child)) enter(child);
    else if (onStack.has(child)) lower(node, index.get(child) ?? 0);
  }

  function closeComponent(head: string): void {
    const members = open.splice(open.lastIndexOf(head));
    const cyclic = members.length > 1 || edges(head).includes(head);
    for (const member of members) {
      onStack.delete(member);
      result.set(member, cyclic);
    }
  }
}
