import type { Api, Tool } from '../../templates/src/runtime/api.js';
import type { Finding } from './change.js';

const LISTINGS = {
  all: 'one tool for each operation',
  search: 'three tools that find and call the operations',
} as const;

/** Whether clients see the operations as tools. In search mode, a call by the name of an operation is refused. */
export function compareListings(before: Api, after: Api): Finding[] {
  const [had, has] = [modeOf(before), modeOf(after)];
  if (had === has) return [];
  const message = `Clients now see ${LISTINGS[has]} instead of ${LISTINGS[had]}.`;
  return [{ code: 'LISTING_CHANGED', place: 'toolMode', message, before: had, after: has }];
}

/** Creates the comparison of a tool's pin, which counts only in search mode. */
export function pinComparison(before: Api, after: Api): (had: Tool, has: Tool) => Finding[] {
  if (modeOf(before) !== 'search' || modeOf(after) !== 'search') return () => [];
  return ({ pinned: had }, { pinned: has }) => {
    if (had === has) return [];
    return has === true
      ? [{ code: 'TOOL_PINNED', place: 'pinned', message: 'Now listed as a tool.' }]
      : [{ code: 'TOOL_UNPINNED', place: 'pinned', message: UNPINNED }];
  };
}

const UNPINNED = 'No longer listed as a tool: only the tools of search mode call it.';

function modeOf({ toolMode = 'all' }: Api): 'all' | 'search' {
  return toolMode;
}
