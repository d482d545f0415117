import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Api, JsonObject, Tool } from '../api.js';
import { ArgumentError } from './argument-error.js';
import { createReadArguments } from './arguments.js';
import { authorize, CredentialsError } from './authorize.js';
import { howToGetLess } from './less.js';
import { buildRequest, type UpstreamRequest } from './request.js';
import { errorResult, toResult } from './result.js';
import type { UpstreamSettings } from './settings.js';
import { send, TransportError } from './transport.js';

/** What surrounds a call. */
export interface CallContext {
  /** Aborted when the caller no longer waits. */
  readonly signal: AbortSignal;
  /** Goes to the upstream API as `X-Request-Id`. */
  readonly requestId: string;
}

/** How a call ended. */
export interface Outcome {
  readonly result: CallToolResult;
  /** HTTP status of the upstream's answer, when there was one. */
  readonly status?: number;
  /**
   * Why there was none, for the audit log: `arguments`, `credentials`, `timeout`, `cancelled`, `network` or
   * `internal`, the last ones with a colon and a code when there is one (`network:ECONNREFUSED`).
   */
  readonly failure?: string;
}

/** Calls the upstream API for a tool. Never throws: whatever goes wrong is a result that says so. */
export type Call = (tool: Tool, args: JsonObject, context: CallContext) => Promise<Outcome>;

/** The texts of failures are fixed, so that nothing of this server's insides reaches a model. */
const transportMessages: Record<TransportError['reason'], string> = {
  timeout: 'The API did not answer in time. The call may have taken effect all the same.',
  cancelled: 'The call was cancelled.',
  network: 'The API could not be reached, or the connection broke off.',
};

/** The function behind all tools of an API. */
export function createCall(api: Api, settings: UpstreamSettings): Call {
  const readArguments = createReadArguments();
  return async (tool, args, { signal, requestId }) => {
    try {
      const taken = readArguments(tool, args);
      const bare = buildRequest(tool.request, taken, settings);
      addHeaders(bare, api, settings, requestId);
      const request = authorize(bare, tool.request.security, settings.credentials);
      const answer = await send(request, settings, signal);
      const { secrets } = settings.credentials;
      return { result: toResult(answer, secrets, howToGetLess(tool)), status: answer.status };
    } catch (error) {
      return toOutcome(error);
    }
  };
}

function addHeaders(
  { headers }: UpstreamRequest,
  api: Api,
  settings: UpstreamSettings,
  requestId: string,
): void {
  if (!headers.has('user-agent')) headers.set('user-agent', `${api.name}-mcp-server`);
  for (const [name, value] of Object.entries(settings.headers)) headers.set(name, value);
  headers.set('x-request-id', requestId);
}

function toOutcome(error: unknown): Outcome {
  if (error instanceof ArgumentError) return failed('arguments', error.message);
  if (error instanceof CredentialsError) return failed('credentials', error.message);
  if (error instanceof TransportError) {
    const code = error.code === undefined ? '' : `:${error.code}`;
    return failed(`${error.reason}${code}`, transportMessages[error.reason]);
  }
  const name = error instanceof Error ? error.name : 'unknown';
  return failed(
    `internal:${name}`,
    'This server failed to carry out the call; its operator can find out why.',
  );
}

function failed(failure: string, message: string): Outcome {
  return { result: errorResult(message), failure };
}
