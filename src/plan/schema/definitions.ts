import type { JsonObject } from '../../load/document.js';
import { byCodeUnit, record } from '../../json.js';
import { shortHash } from '../operations/names.js';

/** The `$defs` of one input schema: referred to first and written later, in order of depth. */
export interface Definitions {
  /** How often each pointer was referred to. */
  readonly mentions: ReadonlyMap<string, number>;
  /** A reference to the definition of a pointer, from a given depth below the top. */
  refer(pointer: string, depth: number): JsonObject;
  /** Writes the targets of references, and their own targets; undefined when there are none. */
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

  // One after another instead of nested, because chains of references can be longer than the call stack. Definitions at
  // one depth only refer to the same depth or to greater ones.
  function write(convert: Parameters<Definitions['write']>[0]): JsonObject | undefined {
    for (let depth = 0; depth < waiting.length; depth += 1) {
      const level = waiting[depth] ?? [];
      for (let next = level.pop(); next !== undefined; next = level.pop()) {
        if (!written.has(next)) written.set(next, convert(next, depth));
      }
    }
    if (written.size === 0) return undefined;
    const entries = [...written].map(
      ([pointer, schema]) => [definitionName(pointer), schema] as const,
    );
    return record(entries.sort(([a], [b]) => byCodeUnit(a, b)));
  }
}

// A component keeps its name; any other target gets a hash, so that its name does not depend on the order.
function definitionName(pointer: string): string {
  const last = pointer.split('/').at(-1) ?? '';
  if (/^#\/components\/schemas\/[\w.-]+$/.test(pointer) && last !== '__proto__') return last;
  return `${last.replace(/[^\w.-]+/g, '_')}_${shortHash(pointer)}`;
}
