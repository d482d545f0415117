import { Transform } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createAnswer, createErrorLog, served, type AnswerOptions } from './answer.js';
import type { Api } from './api.js';
import { createRefusalLog, type Audit } from './audit.js';
import { isOversized, parseJson, refuse, type Answer } from './http.js';
import { createMcp } from './mcp.js';
import { BODY_LIMITS, messagesOf, withoutNulls } from './messages.js';
import type { ToolMode } from './operations/offer.js';
import { listen, type Running } from './run.js';
import type { StdioSettings } from './settings.js';
import { countRefusal } from './spans.js';
import { createCheck, type Call } from './upstream/call.js';

export type { AnswerOptions as HttpServerOptions } from './answer.js';
export type { Route, Routes } from './routes.js';

export interface StdioOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  /** How operations are offered; over HTTP, the settings decide. If absent, `Api.toolMode` decides. */
  readonly tools?: ToolMode | undefined;
  readonly settings?: StdioSettings;
}

/** Serves Streamable HTTP. Rejects if the server cannot listen on the address. */
export async function serveHttp(options: AnswerOptions): Promise<Running> {
  const { api, audit, settings } = options;
  const answer = createAnswer(options);
  const logRefusal = createRefusalLog(audit);
  const onRefused: typeof logRefusal = (request, status, refusal) => {
    countRefusal(refusal.reason);
    logRefusal(request, status, refusal);
  };
  let isEnding = false;
  const untilEnding: Answer = async (request) =>
    isEnding && request.path === '/readyz' ? ENDING : answer(request);
  const running = await listen(untilEnding, { ...settings, onRefused });
  // Load balancers have time to switch away from a server that is not ready.
  const close = async (isGentle = false): Promise<void> => {
    isEnding = true;
    if (isGentle) await pause(settings.drainSeconds * 1000);
    return running.close(isGentle);
  };
  const place = { url: settings.resource.url, listening: running.url };
  return audited({ ...running, close }, audit, api, place);
}

const ENDING = refuse(503, 'ending', 'This server is shutting down.');

/** Logs the start and the stop of a server. */
function audited(
  running: Running,
  audit: Audit,
  { name, version }: Api,
  place: Readonly<Record<string, unknown>>,
): Running {
  const started = Date.now();
  audit('start', { server: name, version, ...place });
  const close = async (isGentle?: boolean): Promise<void> => {
    audit('stopping', {});
    await running.close(isGentle);
    audit('stop', { seconds: Math.round((Date.now() - started) / 1000) });
  };
  return { ...running, close };
}

/** Serves stdin and stdout; the client that started the process is trusted, according to the MCP specification. */
export async function serveStdio(options: StdioOptions): Promise<Running> {
  const { audit, settings } = options;
  const api = served(options.api, settings);
  const onError = createErrorLog(audit);
  const { serveStdio: serve, StdioServerTransport } =
    await import('@modelcontextprotocol/server/stdio');
  const check = settings && createCheck(settings);
  const { factory } = createMcp({ ...options, api, confirm: settings?.confirm, check, onError });
  const lines = process.stdin.pipe(createLines(onError));
  // At its own limit the SDK stops to read, and every later call waits forever.
  const transport = new StdioServerTransport(lines, process.stdout, { maxBufferSize: Infinity });
  const handle = serve(await factory(), { transport, onerror: onError });
  return audited({ close: () => handle.close() }, audit, api, { transport: 'stdio' });
}

/** Far more than clients send, and far less than the longest string. */
const MAX_LINE_BYTES = 67_108_864;

/** Begins the rest of a line that is too long, so that it is not JSON. */
const TOO_LONG = Buffer.from('too long ');

/** Passes on the lines of a stream as the SDK can read them; one that is too long is lost. */
function createLines(onError: (error: Error) => void): Transform {
  let start: Buffer[] = [];
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const end = chunk.lastIndexOf('\n') + 1;
      const lines = end === 0 ? undefined : Buffer.concat([...start, chunk.subarray(0, end)]);
      if (end > 0) [start, length] = [[], 0];
      start.push(chunk.subarray(end));
      length += chunk.length - end;
      if (length > MAX_LINE_BYTES) {
        onError(new Error(`A message is longer than ${MAX_LINE_BYTES} bytes.`));
        [start, length] = [[TOO_LONG], 0];
      }
      done(null, lines?.toString().split('\n').map(readable).join('\n'));
    },
  });
}

/** A batch, and what a client may have written where it means nothing. */
const CHANGED = /^\s*\[|null|"arguments"\s*:\s*""/;

/** What is nested deeper can be parsed, but not always be written again. */
const REWRITABLE = { ...BODY_LIMITS, maxMembers: Infinity };

/** A line with one message, or with each message of a batch on a line. */
function readable(given: string): string {
  const line = given.replace(/^\ufeff/, '');
  if (!CHANGED.test(line) || isOversized(Buffer.from(line), REWRITABLE)) return line;
  const body = parseJson(line);
  if (body === undefined) return line;
  return messagesOf(withoutNulls(body))
    .map((message) => JSON.stringify(message))
    .join('\n');
}
