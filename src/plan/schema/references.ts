import type { Json, JsonObject } from '../../load/document.js';
import { isObject, object, reachable } from '../../json.js';
import { refOf, targetOf } from '../../pointer.js';
import { IN_PLACE_KEYWORDS, SCHEMA_MAP_KEYWORDS, SUBSCHEMA_KEYWORDS } from './keywords.js';

/** Facts about one schema that others refer to. */
interface Target {
  readonly schema: Json;
  /** The pointers it refers to, one per place. */
  readonly refs: readonly string[];
  /** Characters of its own text. */
  readonly size: number;
}

/** The schemas of one document and how they refer to each other. Everything is computed once, in linear time. */
export interface ReferenceGraph {
  /** The schema behind a pointer. */
  schema(pointer: string): Json;
  /** Whether a schema contains itself, through any number of references. */
  isRecursive(pointer: string): boolean;
  /** Whether the schema, with all references inlined, has at most this many characters; never when recursive. */
  isWithin(pointer: string, characters: number): boolean;
  /** The same for a schema without a pointer of its own. */
  isSmall(schema: Json, characters: number): boolean;
  /**
   * Whether a schema leads to another one, or is it, without entering a part of the value: a reference to it from there
   * would be a cycle. `allOf` cycles are inheritance and are treated separately.
   */
  closes(from: string, to: string, throughAllOf: boolean): boolean;
}

export function createReferenceGraph(root: JsonObject): ReferenceGraph {
  const targets = new Map<string, Target>();
  const recursive = new Map<string, boolean>();
  const closing = new Map<string, boolean>();
  const lengths = new WeakMap<JsonObject, number>();

  function target(pointer: string): Target {
    const known = targets.get(pointer);
    if (known !== undefined) return known;
    const schema = targetOf(root, pointer) ?? true;
    const made = { schema, refs: refsIn(schema), size: JSON.stringify(schema).length };
    targets.set(pointer, made);
    return made;
  }

  function isRecursive(pointer: string): boolean {
    if (!recursive.has(pointer)) markComponents(pointer, (node) => target(node).refs, recursive);
    return recursive.get(pointer) ?? false;
  }

  function isWithin(pointer: string, characters: number): boolean {
    return areWithin([pointer], characters);
  }

  function isSmall(schema: Json, characters: number): boolean {
    if (characters === 0 || !isObject(schema)) return characters > 0;
    const length = lengths.get(schema) ?? JSON.stringify(schema).length;
    lengths.set(schema, length);
    return length <= characters && areWithin(refsIn(schema), characters - length);
  }

  // This terminates on long chains of references too: every step uses up some of the characters.
  function areWithin(pointers: readonly string[], characters: number): boolean {
    if (pointers.some(isRecursive)) return false;
    let left = characters;
    const queue = [...pointers];
    for (let ref = queue.pop(); ref !== undefined && left >= 0; ref = queue.pop()) {
      const { refs, size } = target(ref);
      left -= size;
      queue.push(...refs);
    }
    return left >= 0;
  }

  function closes(from: string, to: string, throughAllOf: boolean): boolean {
    if (!isRecursive(from)) return false;
    const key = JSON.stringify([from, to, throughAllOf]);
    const known = closing.get(key) ?? reachesInPlace(from, to, throughAllOf);
    closing.set(key, known);
    return known;
  }

  function reachesInPlace(from: string, to: string, throughAllOf: boolean): boolean {
    const next = (ref: string) => refsInPlace(target(ref).schema, throughAllOf);
    for (const ref of reachable(from, next)) if (ref === to) return true;
    return false;
  }

  return { schema: (pointer) => target(pointer).schema, isRecursive, closes, isWithin, isSmall };
}

/** The `$ref`s of a schema in places for schemas; a `$ref` in an example or an enum is data. */
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
  return SUBSCHEMA_KEYWORDS.flatMap((keyword) => {
    const value = schema[keyword] ?? [];
    return SCHEMA_MAP_KEYWORDS.includes(keyword) ? Object.values(object(value)) : value;
  });
}

/**
 * Finds the nodes on a cycle that are reachable from one node: Tarjan's strongly connected components, with an
 * explicit stack, since documents nest deeper than the call stack.
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
