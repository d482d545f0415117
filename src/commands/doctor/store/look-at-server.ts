import { createFetch, type Fetch } from '../../../net/reach.js';
import {
  initializedNotice,
  initializeRequest,
  sessionRequest,
  type Session,
} from '../mcp-requests.js';
import { send, type Answer } from '../post.js';
import { examineServer } from '../server-checks.js';
import { objectOf, textOf, type Json, type Running, type SeenTool } from './subject.js';

/** What a running server shows to a client of the earlier era, which every server speaks. */
export interface Shown {
  readonly running: Running;
  readonly isOpen: boolean;
  /** Its authorization server, when it names one. */
  readonly issuer?: string;
  /** Absent: it did not let this caller in. */
  readonly tools?: readonly SeenTool[];
  readonly instructions?: string;
}

/** A list that never ends is no list. */
const MOST_PAGES = 100;

const UNKNOWN_TOOL = 'doctor_asks_for_a_tool_that_does_not_exist';

/** Looks at a running server as a client does. Never rejects. */
export async function lookAtServer(url: URL, token: string | undefined): Promise<Shown> {
  const fetch = createFetch(url);
  const started = performance.now();
  const first = await send(fetch, url, initializeRequest());
  const elapsed = performance.now() - started;
  const { checks, issuer } = await examineServer(url, token);
  const seen = await asClient(fetch, url, token, token === undefined ? first : undefined);
  const { unknownTool, ...listed } = seen;
  return {
    running: {
      checks: checks.filter(({ id }) => id !== 'server-eras' && id !== 'server-cors'),
      ...(first.problem === undefined ? { firstAnswer: elapsed } : { problem: first.problem }),
      ...(unknownTool !== undefined && { unknownTool }),
    },
    isOpen: first.status === 200 && 'result' in first.body,
    ...(issuer !== undefined && { issuer }),
    ...listed,
  };
}

type Listed = Pick<Shown, 'tools' | 'instructions'> & Pick<Running, 'unknownTool'>;

/** `first`: the answer to the handshake, where it was asked for already. */
async function asClient(
  fetch: Fetch,
  url: URL,
  token: string | undefined,
  first: Answer | undefined,
): Promise<Listed> {
  const answer = first ?? (await send(fetch, url, initializeRequest(token)));
  const result = objectOf(answer.body, 'result');
  const version = textOf(result, 'protocolVersion');
  if (version === undefined) return {};
  const session = { token, version, id: answer.headers.get('Mcp-Session-Id') ?? undefined };
  await send(fetch, url, initializedNotice(session));
  const tools = await listTools(fetch, url, session);
  const call = { name: UNKNOWN_TOOL, arguments: {} };
  const { status, body, problem } = await send(
    fetch,
    url,
    sessionRequest(session, 'tools/call', call),
  );
  return {
    instructions: textOf(result, 'instructions') ?? '',
    ...(tools !== undefined && { tools }),
    ...(problem === undefined && { unknownTool: { status, body } }),
  };
}

/** All pages of the list; undefined where one is missing. */
async function listTools(
  fetch: Fetch,
  url: URL,
  session: Session,
): Promise<readonly SeenTool[] | undefined> {
  const tools: SeenTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const { body } = await send(fetch, url, sessionRequest(session, 'tools/list', params));
    const result = objectOf(body, 'result');
    const listed: unknown = result['tools'];
    if (!Array.isArray(listed)) return undefined;
    tools.push(...listed.filter(isTool));
    cursor = textOf(result, 'nextCursor');
    if (cursor === undefined) return tools;
  }
  return undefined;
}

function isTool(value: unknown): value is SeenTool {
  return typeof value === 'object' && value !== null && typeof (value as Json)['name'] === 'string';
}
