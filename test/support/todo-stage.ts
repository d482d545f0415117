import { startTodoApi, type TodoApi } from '../../fixtures/todo/api.js';
import { startAuthorizationServer, type AuthorizationServer } from './authorization-server.js';
import { freePort } from './http.js';
import { secret } from './secrets.js';
import { buildProject, type Project, type RunningProject } from './project.js';

/** The Todo API, a real authorization server, and between them the generated server. */
export interface TodoStage {
  readonly api: TodoApi;
  readonly apiKey: string;
  readonly authorization: AuthorizationServer;
  readonly server: RunningProject;
  readonly close: () => Promise<void>;
}

export const source = 'fixtures/todo/input.yaml';

/** Builds the Todo server; with more arguments of `generate`, if any. */
export function buildTodo(...args: string[]): Promise<Project> {
  const oauth = ['--oauth-server', 'https://auth.example.com'];
  return buildProject('todo', { source, args: [...oauth, ...args] });
}

/** Starts everything. */
export async function startTodoStage(project: Project): Promise<TodoStage> {
  const apiKey = secret('key of the Todo API');
  const port = await freePort();
  const resource = `http://127.0.0.1:${port}/mcp`;
  const scopes = ['todo.read', 'todo.write'];
  const [api, authorization] = await Promise.all([
    startTodoApi({ apiKey }),
    startAuthorizationServer({ resource, scopes }),
  ]);
  const server = await project.start({
    PORT: String(port),
    MCP_RESOURCE_URL: resource,
    OAUTH_AUTHORIZATION_SERVER: authorization.issuer,
    UPSTREAM_BASE_URL: api.url,
    UPSTREAM_API_KEY: apiKey,
  });
  const close = async () => {
    await Promise.all([api.close(), authorization.close()]);
  };
  return { api, apiKey, authorization, server, close };
}
