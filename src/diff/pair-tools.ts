import type { RequestShape, Tool } from './api-types.js';

/** Which tools of two APIs are the same ones. */
export interface PairedTools {
  readonly pairs: readonly (readonly [Tool, Tool])[];
  readonly removed: readonly Tool[];
  readonly added: readonly Tool[];
}

/**
 * The same tool is the one of the same name: that is what callers and custom code hold on to, whatever it calls
 * now. Of the others, the one that calls the same operation has been renamed.
 */
export function pairTools(before: readonly Tool[], after: readonly Tool[]): PairedTools {
  const byName = pairBy(before, after, ({ name }) => name);
  const byOperation = pairBy(byName.removed, byName.added, ({ request }) => identityOf(request));
  return { ...byOperation, pairs: [...byName.pairs, ...byOperation.pairs] };
}

/** Method and path, in which names of parameters tell nothing. */
export function identityOf({ method, path }: RequestShape): string {
  return `${method} ${path.replace(/\{[^{}]*\}/g, '{}')}`;
}

function pairBy(
  before: readonly Tool[],
  after: readonly Tool[],
  keyOf: (tool: Tool) => string,
): PairedTools {
  const waiting = new Map(after.map((tool) => [keyOf(tool), tool]));
  const pairs = before.flatMap((tool) => {
    const counterpart = waiting.get(keyOf(tool));
    waiting.delete(keyOf(tool));
    return counterpart === undefined ? [] : [[tool, counterpart] as const];
  });
  const paired = new Set(pairs.flat());
  return {
    pairs,
    removed: before.filter((tool) => !paired.has(tool)),
    added: after.filter((tool) => !paired.has(tool)),
  };
}
