import { isObject, object, type Json, type JsonObject } from '../json.js';
import {
  initializedNotice,
  initializeRequest,
  sessionRequest,
  type Session,
} from './mcp-requests.js';
import { send, type Answer } from './post.js';
import { createFetch, type Fetch } from './reach.js';

/** A tool as clients see it. From a running server, only its name is certain. */
export interface SeenTool extends Readonly<Record<string, unknown>> {
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

/** A list with more pages or tools is treated as endless. */
const MOST_PAGES = 100;
const MOST_TOOLS = 100_000;

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
  const result = object(answer.body['result']);
  const { protocolVersion: version, instructions } = result;
  if (typeof version !== 'string') return undefined;
  const session = { token, version, id: answer.headers.get('Mcp-Session-Id') ?? undefined };
  await send(fetch, url, initializedNotice(session));
  return {
    instructions: typeof instructions === 'string' ? instructions : '',
    extensions: Object.keys(object(object(result['capabilities'])['extensions'])),
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
  let params = {};
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { body } = await send(fetch, url, sessionRequest(session, 'tools/list', params));
    const { tools: listed, nextCursor: cursor } = object(body['result']);
    if (!Array.isArray(listed) || tools.length + listed.length > MOST_TOOLS) return undefined;
    tools.push(...listed.filter(isTool));
    if (typeof cursor !== 'string') return tools;
    params = { cursor };
  }
  return undefined;
}

function isTool(value: Json): value is SeenTool & JsonObject {
  return isObject(value) && typeof value['name'] === 'string';
}

/** How long a probe may take, in milliseconds. */
const patience = 10_000;

/** The MCP endpoint of a server: the given URL, or `/mcp` if the URL names only a host with nothing at its root. */
export async function endpointOf(url: URL): Promise<URL> {
  if (url.pathname !== '/') return url;
  const usual = new URL('/mcp', url);
  const fetch = createFetch(url);
  const [atRoot, atUsual] = await Promise.all([statusOf(url, fetch), statusOf(usual, fetch)]);
  return atRoot === 404 && atUsual !== undefined && atUsual !== 404 ? usual : url;
}

async function statusOf(url: URL, fetch: Fetch): Promise<number | undefined> {
  const signal = AbortSignal.timeout(patience);
  const response = await fetch(url.href, { signal }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status;
}
