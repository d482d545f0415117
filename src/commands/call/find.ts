import { InputError } from '../../errors.js';
import type { McpSession } from './session.js';

/** The tool that finds operations, under the name that it has unless custom code gives it another. */
export const FIND = 'find_operations';

/** Resolves to the tool that finds operations. @throws InputError where there is none */
export async function findTool(session: McpSession, url: URL): Promise<string> {
  const tools = await session.listTools();
  if (tools.some(({ name }) => name === FIND)) return FIND;
  throw new InputError({
    code: 'NO_SEARCH',
    message: `The server has no tool ${FIND}: it lists each operation as a tool.`,
    place: '--find',
    remedy: `openapi-to-mcp call ${url.href} lists them. MCP_TOOLS=search lets the server search.`,
  });
}
