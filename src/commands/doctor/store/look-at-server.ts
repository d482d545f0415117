import { initializeRequest } from '../../../net/mcp-requests.js';
import { converse, type SeenTool } from '../../../net/mcp-session.js';
import { send, type Answer } from '../../../net/post.js';
import { createFetch, type Fetch } from '../../../net/reach.js';
import { examineServer } from '../server-checks.js';
import { issuerAmong } from '../token-rules.js';
import type { Running } from './subject.js';

/** What a running server shows to a client. */
export interface Shown {
  readonly running: Running;
  readonly isOpen: boolean;
  /** Its authorization server, if it names one. */
  readonly issuer?: string | undefined;
  /** Absent if it did not accept this caller. */
  readonly tools?: readonly SeenTool[] | undefined;
  readonly instructions?: string;
  readonly extensions?: readonly string[];
}

const UNKNOWN_TOOL = 'doctor_asks_for_a_tool_that_does_not_exist';

/** Examines a running server as a client would. Never rejects. */
export async function lookAtServer(url: URL, token: string | undefined): Promise<Shown> {
  const fetch = createFetch(url);
  const started = performance.now();
  const first = await send(fetch, url, initializeRequest());
  const elapsed = performance.now() - started;
  const { checks, issuers } = await examineServer(url, token);
  const issuer = issuerAmong(issuers, token);
  const seen = await asClient(fetch, url, token, token === undefined ? first : undefined);
  const { unknownTool, ...listed } = seen;
  return {
    running: {
      checks: checks.filter(({ id }) => id !== 'server-eras' && id !== 'server-cors'),
      firstAnswer: first.problem === undefined ? elapsed : undefined,
      problem: first.problem,
      unknownTool,
    },
    isOpen: first.status === 200 && 'result' in first.body,
    issuer,
    ...listed,
  };
}

type Listed = Pick<Shown, 'tools' | 'instructions' | 'extensions'> & Pick<Running, 'unknownTool'>;

/** `first`: the response to the handshake, if there is one already. */
async function asClient(
  fetch: Fetch,
  url: URL,
  token: string | undefined,
  first: Answer | undefined,
): Promise<Listed> {
  const conversation = await converse(fetch, url, token, first);
  if (conversation === undefined) return {};
  const { instructions, extensions, listTools, callTool } = conversation;
  const tools = await listTools();
  const { status, body, problem } = await callTool(UNKNOWN_TOOL, {});
  const unknownTool = problem === undefined ? { status, body } : undefined;
  return { instructions, extensions, tools, unknownTool };
}
