import type { RequestShape, Tool } from '../../templates/src/runtime/api.js';
import type { Matched } from './schema/match.js';

/**
 * Tools with the same name are the same tool: callers and custom code refer to it by name, whatever operation it calls.
 * Of the others, a tool that calls the same operation was renamed.
 */
export function pairTools(before: readonly Tool[], after: readonly Tool[]): Matched<Tool> {
  const byName = pairBy(before, after, ({ name }) => name);
  const byOperation = pairBy(byName.removed, byName.added, ({ request }) => identityOf(request));
  return { ...byOperation, pairs: [...byName.pairs, ...byOperation.pairs] };
}

/** Method and path, ignoring the names of parameters. */
export function identityOf({ method, path }: RequestShape): string {
  return `${method} ${path.replace(/\{[^{}]*\}/g, '{}')}`;
}

function pairBy(
  before: readonly Tool[],
  after: readonly Tool[],
  keyOf: (tool: Tool) => string,
): Matched<Tool> {
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
