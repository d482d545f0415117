import type { Api } from '../../templates/src/runtime/api.js';
import { createMap } from '../../templates/src/runtime/operations/map.js';
import { metaTools } from '../../templates/src/runtime/operations/three.js';
import { estimateTokens, textTokens, totalTokens } from './tokens.js';

/** How many tools a server lists in its mode, and about how many tokens a model pays for that. */
export function offered(api: Api): { tools: number; tokens: number } {
  return api.toolMode === 'search'
    ? offeredBySearch(api)
    : { tools: api.tools.length, tokens: totalTokens(api) };
}

/** The same with `--tools search`: the three tools and the pinned ones. */
export function offeredBySearch(api: Api): { tools: number; tokens: number } {
  const pinned = api.tools.filter((tool) => tool.pinned === true);
  const instructions = textTokens(api.description ?? '');
  const listed = [...metaTools(api, createMap(api.tools)), ...pinned];
  const tokens = listed.reduce((sum, tool) => sum + estimateTokens(api, tool), instructions);
  return { tools: listed.length, tokens };
}
