import type { Api, Tool } from '../../templates/src/runtime/api.js';

/** About how many tokens a model pays to have a tool listed: a quarter of its characters in `tools/list`. */
export function estimateTokens(api: Api, tool: Tool): number {
  const { name, title, description, inputSchema, annotations } = tool;
  const scopes = Object.hasOwn(api.scopes, name) ? (api.scopes[name] ?? []).flat() : [];
  const listed = {
    name,
    title,
    description,
    inputSchema,
    annotations: { title, ...annotations },
    ...(api.authentication === 'oauth2' && {
      _meta: { securitySchemes: [{ type: 'oauth2', scopes: [...new Set(scopes)] }] },
    }),
  };
  return Math.ceil(JSON.stringify(listed).length / 4);
}

/** About how many tokens a model pays to have all tools of an API listed. */
export function totalTokens(api: Api): number {
  return api.tools.reduce((sum, tool) => sum + estimateTokens(api, tool), 0);
}
