import type { Api } from '../../../templates/src/runtime/api.js';
import { createMap } from '../../../templates/src/runtime/operations/map.js';
import { metaTools } from '../../../templates/src/runtime/operations/three.js';
import { totalTokens } from './tokens.js';

/** The number of tools that a server lists in its mode, and the approximate number of tokens they cost a model. */
export function offered(api: Api): { tools: number; tokens: number } {
  return api.toolMode === 'search'
    ? offeredBySearch(api)
    : { tools: api.tools.length, tokens: totalTokens(api) };
}

/** The same with `--tools search`: the three tools and the pinned ones. */
export function offeredBySearch(api: Api): { tools: number; tokens: number } {
  const pinned = api.tools.filter((tool) => tool.pinned === true);
  const listed = [...metaTools(api, createMap(api.tools)), ...pinned];
  return { tools: listed.length, tokens: totalTokens(api, listed) };
}
