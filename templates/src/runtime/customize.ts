import type { Api, ScopeAlternatives, Tool, ToolAnnotations } from './api.js';

/** A tool of one's own, which no operation of the API stands behind: `call` has to answer it. */
export interface OwnTool {
  /** `^[a-z0-9_-]{1,64}$` */
  readonly name: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly inputSchema: Tool['inputSchema'];
  /** What a token needs to call it; none: a valid token is enough. */
  readonly scopes: ScopeAlternatives;
}

/** The API without a tool. @throws Error when there is no such tool, as all of these do. */
export function hideTool(api: Api, name: string): Api {
  const tool = find(api, name);
  return { ...api, tools: api.tools.filter((other) => other !== tool) };
}

/** The API with a tool that is called or described otherwise. What it does, and the scopes it needs, stay. */
export function changeTool(
  api: Api,
  name: string,
  change: Partial<Pick<Tool, 'name' | 'title' | 'description' | 'annotations'>>,
): Api {
  const changed = { ...find(api, name), ...change };
  if (changed.name !== name) refuseTaken(api, changed.name);
  const { [name]: scopes = [], ...others } = api.scopes;
  return {
    ...api,
    tools: api.tools.map((tool) => (tool.name === name ? changed : tool)),
    scopes: { ...others, [changed.name]: scopes },
  };
}

/** The API with a tool of one's own. */
export function addTool(api: Api, { scopes, ...tool }: OwnTool): Api {
  refuseTaken(api, tool.name);
  // No method: a call that is not answered must fail, and not ask the API for anything.
  const request = { method: '', path: '/' };
  return {
    ...api,
    tools: [...api.tools, { ...tool, request }],
    scopes: { ...api.scopes, [tool.name]: scopes },
  };
}

function find(api: Api, name: string): Tool {
  const tool = api.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}`);
  return tool;
}

function refuseTaken(api: Api, name: string): void {
  if (Object.hasOwn(api.scopes, name)) throw new Error(`There is a tool ${name} already`);
}
