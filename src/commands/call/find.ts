import { ProtocolError, type CallToolResult, type Tool } from '@modelcontextprotocol/client';
import { InputError } from '../../errors.js';
import type { Session } from './session.js';

/** The tools of a server in search mode; custom code may have renamed them. */
interface SearchTools {
  readonly find: string;
  readonly read: string;
  readonly write: string;
}

/** Finds the three search tools in a server's list; undefined if the server lists its operations instead. */
export function searchTools(tools: readonly Tool[]): SearchTools | undefined {
  const find = tools.find(({ inputSchema }) => hasExactly(inputSchema, FINDING));
  const callers = tools.filter(({ inputSchema }) => hasExactly(inputSchema, CALLING));
  const read = callers.find(({ annotations }) => annotations?.readOnlyHint === true);
  const write = callers.find(({ annotations }) => annotations?.readOnlyHint === false);
  if (find === undefined || read === undefined || write === undefined) return undefined;
  return { find: find.name, read: read.name, write: write.name };
}

const FINDING = ['limit', 'names', 'query', 'resource', 'tag'];
const CALLING = ['arguments', 'name'];

function hasExactly({ properties = {} }: Tool['inputSchema'], names: readonly string[]): boolean {
  return Object.keys(properties).toSorted().join() === names.join();
}

/** Finds operations by words. @throws InputError if the server lists its operations instead */
export async function findOperations(
  session: Session,
  server: string,
  query: string,
): Promise<CallToolResult> {
  const names = searchTools(await session.listTools());
  if (names !== undefined) return session.callTool(names.find, { query });
  throw new InputError({
    code: 'NO_SEARCH',
    message: 'The server has no tool that finds operations: it lists each operation as a tool.',
    place: '--find',
    remedy: `openapi-to-mcp call ${server} lists them. MCP_TOOLS=search lets the server search.`,
  });
}

/** A tool of a server, or the search result for an operation; undefined when it has neither. */
export async function findTool(
  session: Session,
  name: string,
): Promise<Tool | CallToolResult | undefined> {
  const tools = await session.listTools();
  const tool = tools.find((one) => one.name === name);
  const search = searchTools(tools);
  if (tool !== undefined || search === undefined) return tool;
  return session.callTool(search.find, { names: [name] });
}

/** Calls a tool, or in search mode the operation of that name. */
export async function callByName(
  session: Session,
  name: string,
  args: Record<string, unknown>,
): Promise<CallToolResult> {
  try {
    return await session.callTool(name, args);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const names = searchTools(await session.listTools());
    if (names === undefined) throw error;
    return callOperation(session, names, name, args);
  }
}

/** The server knows which of the two calls an operation. For an unknown operation it suggests the nearest name. */
async function callOperation(
  session: Session,
  { find, read, write }: SearchTools,
  name: string,
  args: Record<string, unknown>,
): Promise<CallToolResult> {
  const { content } = await session.callTool(find, { names: [name] });
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
  const caller = text.includes(`${name} (${write})`) ? write : read;
  return session.callTool(caller, { name, arguments: args });
}
