import type { Api, Tool } from '../../templates/src/runtime/api.js';
import { listTool } from '../../templates/src/runtime/listing.js';

/** About how many tokens a model pays to have a tool listed: a quarter of its characters in `tools/list`. */
export function estimateTokens(api: Api, tool: Tool): number {
  const scopes = Object.hasOwn(api.scopes, tool.name) ? (api.scopes[tool.name] ?? []).flat() : [];
  const listed = listTool(tool, api.authentication === 'oauth2' ? [...new Set(scopes)] : undefined);
  return Math.ceil(JSON.stringify(listed).length / 4);
}

/** About how many tokens a model pays to have all tools of an API listed. */
export function totalTokens(api: Api): number {
  return api.tools.reduce((sum, tool) => sum + estimateTokens(api, tool), 0);
}
