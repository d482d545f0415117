import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Api, JsonObject, Tool } from '../api.js';
import {
  createAuthorizer,
  type AuthorizeContext,
  type CustomCredential,
} from '../credentials/authorize.js';
import { CredentialsError } from '../credentials/error.js';
import { createTokenSource } from '../credentials/sources.js';
import { createFetch } from '../http-client.js';
import { ArgumentError, explainDifferences, readArguments } from './arguments.js';
import { attempt } from './attempts.js';
import { howToGetLess } from './less.js';
import { buildRequest, type UpstreamRequest } from './request.js';
import { errorResult, toResult } from './result.js';
import type { UpstreamSettings } from './settings.js';
import { send, TransportError, withinBudget } from './transport.js';

export type { CustomCredential };

/** What surrounds a call; the signal fires when the caller no longer waits. */
export interface CallContext extends AuthorizeContext {
  /** Goes to the upstream API as `X-Request-Id`. */
  readonly requestId: string;
  /** The trace that the call belongs to, as the caller's `_meta` says (W3C Trace Context). */
  readonly traceparent?: string;
}

/** How a call ended. */
export interface Outcome {
  readonly result: CallToolResult;
  /** HTTP status of the upstream's answer, when there was one. */
  readonly status?: number;
  /**
   * Why there was none, for the audit log: `arguments`, `credentials`, `timeout`, `cancelled`, `network` or
   * `internal`, with a colon and a code when there is one (`network:ECONNREFUSED`, `credentials:invalid_client`).
   */
  readonly failure?: string;
}

/** Calls the upstream API for a tool. Never throws: whatever goes wrong is a result that says so. */
export type Call = (tool: Tool, args: JsonObject, context: CallContext) => Promise<Outcome>;

/** What custom code may add. */
export interface CallOptions {
  readonly credential?: CustomCredential;
}

/** The texts of failures are fixed, so that nothing of this server's insides reaches a model. */
const transportMessages: Record<TransportError['reason'], string> = {
  timeout: 'The API did not answer in time. The call may have taken effect all the same.',
  cancelled: 'The call was cancelled.',
  network: 'The API could not be reached, or the connection broke off.',
};

/** The function behind all tools of an API. */
export function createCall(
  api: Api,
  settings: UpstreamSettings,
  { credential }: CallOptions = {},
): Call {
  const fetch = createFetch(settings.proxy, settings.tls);
  const source = createTokenSource(settings, fetch);
  const authorize = createAuthorizer(settings.credentials, source, credential);
  const { timeoutMs, maxResponseBytes, retries } = settings;

  return async (tool, args, context) => {
    try {
      const taken = readArguments(tool, args);
      const bare = buildRequest(tool.request, taken, settings);
      addHeaders(bare, context);
      const deadline = performance.now() + timeoutMs;
      const { answer, secrets } = await withinBudget(timeoutMs, context.signal, (signal) =>
        attempt({
          authorize: () => authorize(bare, tool.request.security, { ...context, signal }),
          send: (request) => send(request, fetch, { maxResponseBytes, signal }),
          renew: (refused) => source?.renew(refused) ?? false,
          retries,
          deadline,
          signal,
        }),
      );
      const hidden = settings.credentials.secrets.and(secrets);
      const result = toResult(answer, hidden, howToGetLess(tool));
      const differences = [400, 422].includes(answer.status) && explainDifferences(tool, taken);
      if (differences) result.content.push({ type: 'text', text: differences });
      return { result, status: answer.status };
    } catch (error) {
      return toOutcome(error);
    }
  };

  function addHeaders({ headers }: UpstreamRequest, { requestId, traceparent }: CallContext): void {
    if (!headers.has('user-agent')) headers.set('user-agent', `${api.name}-mcp-server`);
    for (const [name, value] of Object.entries(settings.headers)) headers.set(name, value);
    headers.set('x-request-id', requestId);
    if (traceparent !== undefined) headers.set('traceparent', traceparent);
  }
}

function toOutcome(error: unknown): Outcome {
  if (error instanceof ArgumentError) return failed('arguments', error.message);
  if (error instanceof CredentialsError)
    return failed(withCode('credentials', error.code), error.message);
  if (error instanceof TransportError)
    return failed(withCode(error.reason, error.code), transportMessages[error.reason]);
  const name = error instanceof Error ? error.name : 'unknown';
  return failed(
    `internal:${name}`,
    'This server failed to carry out the call; its operator can find out why.',
  );
}

function withCode(reason: string, code: string | undefined): string {
  return code === undefined ? reason : `${reason}:${code}`;
}

function failed(failure: string, message: string): Outcome {
  return { result: errorResult(message), failure };
}
