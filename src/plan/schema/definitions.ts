import type { JsonObject } from '../../load/document.js';
import { byCodeUnit, record } from '../../json.js';
import { shortHash } from '../operations/names.js';

/** The `$defs` of one input schema: mentioned first, and written later, those nearest to the top before the others. */
export interface Definitions {
  /** How often each pointer was referred to. */
  readonly mentions: ReadonlyMap<string, number>;
  /** A reference to the definition of a pointer, from a place so many levels below the top. */
  refer(pointer: string, depth: number): JsonObject;
  /** Writes what was referred to, and what that refers to; undefined when that is nothing. */
  write(convert: (pointer: string, depth: number) => JsonObject | boolean): JsonObject | undefined;
}

export function createDefinitions(): Definitions {
  const mentions = new Map<string, number>();
  const depths = new Map<string, number>();
  const written = new Map<string, JsonObject | boolean>();
  const waiting: string[][] = [];
  return { mentions, refer, write };

  function refer(pointer: string, depth: number): JsonObject {
    mentions.set(pointer, (mentions.get(pointer) ?? 0) + 1);
    if (depth < (depths.get(pointer) ?? Infinity)) {
      depths.set(pointer, depth);
      (waiting[depth] ??= []).push(pointer);
    }
    return { $ref: `#/$defs/${definitionName(pointer)}` };
  }

  // One after the other, not one within the other: chains of references are longer than the call stack. What
  // stands at one depth only ever refers to the same depth or to greater ones.
  function write(convert: Parameters<Definitions['write']>[0]): JsonObject | undefined {
    for (let depth = 0; depth < waiting.length; depth += 1) {
      const level = waiting[depth] ?? [];
      for (let next = level.pop(); next !== undefined; next = level.pop()) {
        if (!written.has(next)) written.set(next, convert(next, depth));
      }
    }
    if (written.size === 0) return undefined;
    const entries = [...written].map(([pointer, schema]) => [definitionName(pointer), schema]);
    return record(
      (entries as [string, JsonObject | boolean][]).sort(([a], [b]) => byCodeUnit(a, b)),
    );
  }
}

// The name of a component is its own; any other target is told apart by a hash, never by its order.
function definitionName(pointer: string): string {
  const last = pointer.split('/').at(-1) ?? '';
  if (/^#\/components\/schemas\/[\w.-]+$/.test(pointer) && last !== '__proto__') return last;
  return `${last.replace(/[^\w.-]+/g, '_')}_${shortHash(pointer)}`;
}
