import type { JsonObject } from '../../src/load/document.js';
import type { Plan } from '../../src/plan/types.js';
import { noteUpstream } from '../../src/plan/security/upstream-notes.js';

type Api = Plan['api'];
export type Tool = Api['tools'][number];

/** An ordinary tool with this name. */
export function sampleTool(name: string, changes: Partial<Tool> = {}): Tool {
  return {
    name,
    title: 'List pets',
    description: 'Lists all pets.',
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    inputSchema: { type: 'object', properties: { limit: { type: 'integer' } } },
    request: {
      method: 'GET',
      path: '/pets',
      parameters: [{ name: 'limit', in: 'query' }],
    },
    ...changes,
  };
}

/** A plan of tools that each require the scope `read`; `document` has its other inputs. */
export function samplePlan(
  tools: readonly Tool[] = [sampleTool('list_pets')],
  changes: Partial<Api> = {},
  document: JsonObject = {},
): Plan {
  const api: Api = {
    name: 'petstore',
    title: 'Petstore',
    version: '1.0.0',
    description: 'Pets and more.',
    authentication: 'oauth2',
    authorizationServer: 'https://auth.example.com/',
    baseUrl: 'https://api.example.com/v1',
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-Key', variable: 'UPSTREAM_API_KEY' },
    },
    scopes: Object.fromEntries(tools.map(({ name }) => [name, [['read']]])),
    tools,
    ...changes,
  };
  return {
    groups: {},
    projectName: 'petstore-mcp-server',
    source: { location: 'petstore.yaml', hash: 'a'.repeat(64) },
    truncated: {},
    warnings: [],
    upstream: noteUpstream(document, api.securitySchemes, tools),
    api,
  };
}

/** A tool whose calls need credentials of one of these alternatives. */
export function securedTool(name: string, security: Tool['request']['security']): Tool {
  return sampleTool(name, {
    request: { method: 'GET', path: '/pets', ...(security !== undefined && { security }) },
  });
}
