import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Api, JsonObject, Tool } from '../api.js';
import type { Caller, CallerToken } from '../caller.js';
import { createAuthorizer, type CustomCredential } from '../credentials/authorize.js';
import { CredentialsError } from '../credentials/choose.js';
import { createLoginSource } from '../credentials/login.js';
import type { Secrets } from '../credentials/secrets.js';
import { createTokenSource } from '../credentials/tokens.js';
import { createFetchPublic } from '../fetch-public.js';
import { errorResult } from '../messages.js';
import { createHttpClient } from '../net.js';
import { TransportError, withinBudget, type ClientRequest } from '../outgoing.js';
import { observed, TRACE_HEADERS, type Trace } from '../spans.js';
import { truncate } from '../text.js';
import { ArgumentError, explainDifferences, readArguments } from './arguments.js';
import { takeFields } from './fields.js';
import { createTakeFiles } from './files.js';
import { createBuildRequest } from './request.js';
import { toResult } from './result.js';
import { argumentName } from './serialize.js';
import type { Servers, UpstreamSettings } from './settings.js';
import { attempt, type Attempts } from './transport.js';

export type { CustomCredential };

/** The context of a call, including the trace that it belongs to if this server only passes the trace on. */
export interface CallContext extends Trace {
  /** Absent if no token is required, or if a public tool is called without one. */
  readonly caller?: Caller;
  readonly token?: CallerToken;
  /** Aborts when the caller no longer waits. */
  readonly signal: AbortSignal;
  /** Sent to the upstream API as `X-Request-Id`, unless the arguments have one. */
  readonly requestId: string;
  /** Called with events of a response that is still arriving; undefined if they are not used. */
  readonly progress?: (event: string) => void;
}

/** The outcome of a call. */
export interface Outcome {
  readonly result: CallToolResult;
  /** HTTP status of the upstream's response, when there was one. */
  readonly status?: number;
  /**
   * Why there was no response, for the audit log: `arguments`, `credentials`, `timeout`, `cancelled`, `encoding`,
   * `network` or `internal`, with a colon and a code when there is one (`network:ECONNREFUSED`, `credentials:invalid_client`).
   */
  readonly failure?: string;
  /** The `X-Request-Id` that was sent, when the arguments had one. */
  readonly requestId?: string;
}

/** Calls the upstream API for a tool. Never rejects: every failure is a result that explains it. */
export type Call = (tool: Tool, args: JsonObject, context: CallContext) => Promise<Outcome>;

/** The additions of custom code. */
export interface CallOptions {
  readonly credential?: CustomCredential;
}

/** The messages of failures are fixed, so that no internals of this server reach a model. */
const TRANSPORT_MESSAGES: Record<TransportError['reason'], string> = {
  timeout: 'The API did not respond in time. The call may still have taken effect.',
  cancelled: 'The call was cancelled.',
  encoding:
    'The API responded, but its response could not be decompressed: it does not match its Content-Encoding, or this server does not support that. The call may have taken effect.',
  network: 'The API could not be reached, or the connection was lost.',
};

const LATE =
  'This tool was not called: this server did not get its credentials for the API in time. The operator of this server can see the reason in its log.';

/** The function behind all tools of an API. */
export function createCall(
  api: Api,
  settings: UpstreamSettings,
  { credential }: CallOptions = {},
): Call {
  const { timeoutMs, retries, maxResponseBytes: maxBytes } = settings;
  const { maxResultCharacters: maxCharacters } = settings;
  const client = createHttpClient(settings.proxy, settings.tls);
  const http = observed(client);
  const source = createLoginSource(settings, http) ?? createTokenSource(settings, http);
  const renew = (refused: string): boolean => source?.renew(refused) ?? false;
  const authorize = createAuthorizer(settings.credentials, source, credential);
  const takeFiles = createTakeFiles(settings.fetchFiles ? createFetchPublic() : undefined);
  const build = createBuildRequest(settings);
  const addHeaders = createAddHeaders(api, settings);
  // Fixed headers and certificates may be credentials too.
  const isPlain = Object.keys(settings.headers).length === 0 && !settings.tls.certificate;

  return async (tool, args, context) => {
    let own: Pick<Outcome, 'requestId'> = {};
    let [isBare, isSent] = [false, false];
    try {
      const { args: shown, fields } = takeFields(tool, args);
      const files = takeFiles(tool, shown);
      const read = readArguments(tool, files.args);
      const taken = files.fetch ? await files.fetch(read, context.signal) : read;
      const { security } = tool.request;
      const bare = addHeaders(build(tool.request, taken), context);
      own = ownRequestId(bare, context);
      const deadline = performance.now() + timeoutMs;
      const { response, secrets } = await withinBudget(timeoutMs, context.signal, (signal) => {
        const authorized = async () => {
          const ready = await authorize(bare, security, { ...context, signal });
          isBare = isPlain && ready.request === bare;
          isSent = true;
          return ready;
        };
        return attempt({
          authorize: authorized,
          client: observed(client, tool.request.path),
          renew,
          maxBytes,
          retries,
          onEvent: reporter(settings.credentials.secrets, context),
          deadline,
          signal,
        });
      });
      const { status } = response;
      const refused = status === 400 || status === 422;
      const differences = refused ? explainDifferences(tool, taken) : undefined;
      const hidden = settings.credentials.secrets.and(secrets);
      const asked = { tool, args: shown, fields, maxCharacters, isBare };
      return { result: toResult(response, hidden, asked, differences), status, ...own };
    } catch (error) {
      const isLate = error instanceof TransportError && error.reason === 'timeout' && !isSent;
      return { ...toOutcome(isLate ? new CredentialsError(LATE, 'timeout') : error), ...own };
    }
  };
}

/** Refuses a call that could not be sent. Undefined if it could, as far as can be determined without sending it. */
export type Check = (tool: Tool, args: JsonObject) => CallToolResult | undefined;

type CheckSettings = Pick<UpstreamSettings, 'fetchFiles'> & Servers;

/** Reads arguments as a call does, but sends nothing: before a user is asked, it must be clear what would be called. */
export function createCheck({ fetchFiles, ...servers }: CheckSettings): Check {
  const takeFiles = createTakeFiles(fetchFiles ? createFetchPublic() : undefined);
  const build = createBuildRequest(servers);
  return (tool, args) => {
    // A tool without an operation is implemented by custom code, which checks its own arguments.
    if (tool.request.method === '') return undefined;
    try {
      const files = takeFiles(tool, takeFields(tool, args).args);
      const read = readArguments(tool, files.args);
      if (fillsPath(tool, read)) build(tool.request, read);
      return undefined;
    } catch (error) {
      return error instanceof ArgumentError ? errorResult(error.message) : undefined;
    }
  };
}

/** Custom code may fill in path parameters that the listed tool does not have. */
function fillsPath({ request: { parameters = [] } }: Tool, args: JsonObject): boolean {
  const inPath = parameters.filter((one) => one.in === 'path' && one.default === undefined);
  return inPath.every((one) => Object.hasOwn(args, argumentName(one)));
}

/** The operator's headers take precedence over those of arguments, and both over a call's own IDs. */
function createAddHeaders({ name }: Api, { headers }: UpstreamSettings) {
  const agent = { 'user-agent': `${name}-mcp-server` };
  const fixed = Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]),
  );
  return (request: ClientRequest, context: CallContext): ClientRequest => {
    const all: Record<string, string> = { ...agent, ...request.headers, ...fixed };
    all['x-request-id'] ||= context.requestId;
    for (const name of TRACE_HEADERS) {
      const { [name]: value } = context;
      if (value !== undefined) all[name] ??= value;
    }
    return { ...request, headers: all };
  };
}

const MAX_EVENT = 2000;

function reporter(secrets: Secrets, { progress }: CallContext): Attempts['onEvent'] {
  if (progress === undefined) return undefined;
  return (text, more) => {
    progress(truncate(secrets.and(more).maskJson(text), MAX_EVENT));
  };
}

/** Long enough for every ID format; the rest of a longer one is not worth logging. */
const MAX_ID = 128;

function ownRequestId(
  { headers }: ClientRequest,
  { requestId }: CallContext,
): Pick<Outcome, 'requestId'> {
  const { 'x-request-id': sent = requestId } = headers;
  return sent === requestId ? {} : { requestId: sent.slice(0, MAX_ID) };
}

function toOutcome(error: unknown): Outcome {
  if (error instanceof ArgumentError) return failed('arguments', error.message);
  if (error instanceof CredentialsError) return failed('credentials', error.message, error.code);
  if (error instanceof TransportError) return failed(error.reason, messageOf(error), error.code);
  return failedCall(error);
}

/** The outcome of an unexpected error, such as one of custom code. Its message never reaches a model. */
export function failedCall(error: unknown): Outcome {
  const text =
    'This server failed to complete the call; its operator can see the reason in the log.';
  return failed('internal', text, error instanceof Error ? error.name : 'unknown');
}

/** Codes of connections that were never made. */
const UNSENT =
  /^(E(CONNREFUSED|NOTFOUND|AI_|HOSTUNREACH|NETUNREACH|PROTO)|UND_ERR_CONNECT|CERT_|ERR_(TLS|SSL)_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/;

/** A call that may have been made must not be repeated without thought. */
function messageOf({ reason, code = '' }: TransportError): string {
  const text = TRANSPORT_MESSAGES[reason];
  if (reason !== 'network' || UNSENT.test(code)) return text;
  return `${text} The call may have taken effect.`;
}

function failed(reason: string, message: string, code?: string): Outcome {
  const failure = code === undefined ? reason : `${reason}:${code}`;
  return { result: errorResult(message), failure };
}
