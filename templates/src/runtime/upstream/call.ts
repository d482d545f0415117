import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Api, JsonObject, Tool } from '../api.js';
import type { Caller, CallerToken } from '../caller.js';
import {
  createAuthorizer,
  type CustomCredential,
  type UpstreamRequest,
} from '../credentials/authorize.js';
import { CredentialsError } from '../credentials/choose.js';
import { createTokenSource } from '../credentials/tokens.js';
import { createHttpClient } from '../net.js';
import { ArgumentError, explainDifferences, readArguments } from './arguments.js';
import { createBuildRequest } from './request.js';
import { errorResult, toResult } from './result.js';
import type { UpstreamSettings } from './settings.js';
import { attempt, TransportError, withinBudget } from './transport.js';

export type { CustomCredential };

/** The circumstances of a call. */
export interface CallContext {
  /** Absent where no token is asked for. */
  readonly caller?: Caller;
  readonly token?: CallerToken;
  /** Aborts when the caller no longer waits. */
  readonly signal: AbortSignal;
  /** Goes to the upstream API as `X-Request-Id`. */
  readonly requestId: string;
  /** The trace that the call belongs to, from the caller's `_meta` (W3C Trace Context). */
  readonly traceparent?: string;
}

/** How a call ended. */
export interface Outcome {
  readonly result: CallToolResult;
  /** HTTP status of the upstream's response, when there was one. */
  readonly status?: number;
  /**
   * Why there was none, for the audit log: `arguments`, `credentials`, `timeout`, `cancelled`, `network` or
   * `internal`, with a colon and a code when there is one (`network:ECONNREFUSED`, `credentials:invalid_client`).
   */
  readonly failure?: string;
}

/** Calls the upstream API for a tool. Never rejects: every failure is a result that explains it. */
export type Call = (tool: Tool, args: JsonObject, context: CallContext) => Promise<Outcome>;

/** What custom code may add. */
export interface CallOptions {
  readonly credential?: CustomCredential;
}

/** The texts of failures are fixed, so that nothing of this server's insides reaches a model. */
const TRANSPORT_MESSAGES: Record<TransportError['reason'], string> = {
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
  const client = createHttpClient(settings.proxy, settings.tls);
  const source = createTokenSource(settings, client);
  const authorize = createAuthorizer(settings.credentials, source, credential);
  const build = createBuildRequest(settings);
  const fixed = {
    names: Object.keys(settings.headers).map((name) => name.toLowerCase()),
    values: Object.values(settings.headers),
  };
  const { timeoutMs, maxResponseBytes, retries } = settings;

  return async (tool, args, context) => {
    try {
      const taken = readArguments(tool, args);
      const bare = addHeaders(build(tool.request, taken), context);
      const deadline = performance.now() + timeoutMs;
      const { response, secrets } = await withinBudget(timeoutMs, context.signal, (signal) =>
        attempt({
          authorize: () => authorize(bare, tool.request.security, { ...context, signal }),
          client,
          renew: (refused) => source?.renew(refused) ?? false,
          maxBytes: maxResponseBytes,
          retries,
          deadline,
          signal,
        }),
      );
      const { status } = response;
      const refused = status === 400 || status === 422;
      const differences = refused ? explainDifferences(tool, taken) : undefined;
      const hidden = settings.credentials.secrets.and(secrets);
      return { result: toResult(response, hidden, tool, differences), status };
    } catch (error) {
      return toOutcome(error);
    }
  };

  function addHeaders(
    request: UpstreamRequest,
    { requestId, traceparent }: CallContext,
  ): UpstreamRequest {
    const headers: Record<string, string> = { ...request.headers };
    headers['user-agent'] ??= `${api.name}-mcp-server`;
    fixed.names.forEach((name, index) => (headers[name] = fixed.values[index] ?? ''));
    headers['x-request-id'] = requestId;
    if (traceparent !== undefined) headers['traceparent'] = traceparent;
    return { ...request, headers };
  }
}

function toOutcome(error: unknown): Outcome {
  if (error instanceof ArgumentError) return failed('arguments', error.message);
  if (error instanceof CredentialsError)
    return failed(withCode('credentials', error.code), error.message);
  if (error instanceof TransportError)
    return failed(withCode(error.reason, error.code), TRANSPORT_MESSAGES[error.reason]);
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
