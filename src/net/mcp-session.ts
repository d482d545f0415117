import {
  initializedNotice,
  initializeRequest,
  sessionRequest,
  type Session,
} from './mcp-requests.js';
import { send, type Answer } from './post.js';
import type { Fetch } from './reach.js';

type Json = Readonly<Record<string, unknown>>;

/** A tool as clients see it. From a running server, only its name is certain. */
export interface SeenTool extends Json {
  readonly name: string;
}

/** A session with a running MCP server, in the protocol of the earlier era, which every server supports. */
export interface Conversation {
  /** Empty when the server has none. */
  readonly instructions: string;
  /** The names of the extensions that the server announces. */
  readonly extensions: readonly string[];
  /** All pages of the list; undefined when one is missing. */
  readonly listTools: () => Promise<readonly SeenTool[] | undefined>;
  readonly callTool: (name: string, args: object) => Promise<Answer>;
}

/** A server with more pages than this never ends its list. */
const MOST_PAGES = 100;

/**
 * Opens a session with a server; undefined when it refuses this caller. `first`: the response to the handshake, if
 * there is one.
 */
export async function converse(
  fetch: Fetch,
  url: URL,
  token: string | undefined,
  first?: Answer,
): Promise<Conversation | undefined> {
  const answer = first ?? (await send(fetch, url, initializeRequest(token)));
  const result = objectOf(answer.body, 'result');
  const { protocolVersion: version, instructions } = result;
  if (typeof version !== 'string') return undefined;
  const session = { token, version, id: answer.headers.get('Mcp-Session-Id') ?? undefined };
  await send(fetch, url, initializedNotice(session));
  return {
    instructions: typeof instructions === 'string' ? instructions : '',
    extensions: Object.keys(objectOf(objectOf(result, 'capabilities'), 'extensions')),
    listTools: () => listTools(fetch, url, session),
    callTool: (name, args) =>
      send(fetch, url, sessionRequest(session, 'tools/call', { name, arguments: args })),
  };
}

async function listTools(
  fetch: Fetch,
  url: URL,
  session: Session,
): Promise<readonly SeenTool[] | undefined> {
  const tools: SeenTool[] = [];
  let params: Json = {};
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { body } = await send(fetch, url, sessionRequest(session, 'tools/list', params));
    const { tools: listed, nextCursor: cursor } = objectOf(body, 'result');
    if (!Array.isArray(listed)) return undefined;
    tools.push(...listed.filter(isTool));
    if (typeof cursor !== 'string') return tools;
    params = { cursor };
  }
  return undefined;
}

function isTool(value: unknown): value is SeenTool {
  return typeof value === 'object' && value !== null && typeof (value as Json)['name'] === 'string';
}

/** A member that is an object; empty when it is anything else. */
export function objectOf(holder: Json, name: string): Json {
  const value = holder[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
