import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../../templates/src/runtime/api.js';
import { readStdioSettings } from '../../templates/src/runtime/settings.js';
import { createCall, type Call } from '../../templates/src/runtime/upstream/call.js';
import { prepare } from '../../src/generate.js';
import {
  startEvilHost,
  startUpstream,
  type Received,
  type RecordingHost,
} from '../attack/hosts.js';
import { send, type WireAnswer, type WireRequest } from '../attack/wire.js';
import { register } from '../support/secrets.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { createHostileApi } from './upstream.js';

/** The API's requests during one call, and the responses. */
export interface Observation {
  readonly answer: WireAnswer;
  readonly upstream: readonly Received[];
  /** Lines of the audit log, as text. */
  readonly log: string;
}

/** The runtime behind real HTTP, in front of an API that records everything and repeats its credentials. */
export interface FuzzStage {
  readonly api: Api;
  readonly server: TestServer;
  /** Secrets that no caller and no log may ever see. */
  readonly secrets: readonly string[];
  readonly credentials: Readonly<Record<'header' | 'query' | 'cookie' | 'bearer', string>>;
  readonly upstreamHost: string;
  readonly evil: RecordingHost;
  /** Sends one request; no other may be in progress. Rejects without a response in time. */
  observe(request: WireRequest): Promise<Observation>;
  readonly close: () => Promise<void>;
}

/** Milliseconds; a response takes about ten. */
const PATIENCE = 30_000;

export async function startFuzzStage(): Promise<FuzzStage> {
  const { api } = await prepare({ url: 'test/fuzz/api.yaml', oauthServer: 'https://as.example' });
  const [upstream, evil] = await Promise.all([startUpstream(), startEvilHost()]);
  upstream.behaviour = createHostileApi(evil.url);
  const secret = (kind: string) => register(`${kind} of the API`, `${kind}-${crypto.randomUUID()}`);
  const credentials = {
    header: secret('header'),
    query: secret('query/+&'),
    cookie: secret('cookie'),
    bearer: secret('bearer'),
  };
  const env = {
    UPSTREAM_BASE_URL: `${upstream.url}/v1`,
    UPSTREAM_API_KEY_KEY: credentials.header,
    UPSTREAM_API_KEY_QUERY_KEY: credentials.query,
    UPSTREAM_API_KEY_COOKIE_KEY: credentials.cookie,
    UPSTREAM_BEARER_TOKEN: credentials.bearer,
    UPSTREAM_TIMEOUT_MS: '2000',
    // Every request is one that the case caused, or its redirect.
    UPSTREAM_RETRIES: '0',
    MCP_MAX_RESPONSE_BYTES: '4000',
    MCP_RATE_LIMIT: '1000000',
  };
  const call = counted(createCall(api, readStdioSettings(api, env)));
  const server = await startTestServer({ api, env, call: call.run });
  return {
    api,
    server,
    credentials,
    secrets: Object.values(credentials),
    upstreamHost: new URL(upstream.url).host,
    evil,
    observe: async (request) => {
      const logged = server.audit.length;
      const answer = await answerInTime(server.url, { from: nextAddress(), ...request });
      await call.settled();
      const log = server.audit.slice(logged).map((line) => JSON.stringify(line));
      return { answer, upstream: upstream.received.splice(0), log: log.join('\n') };
    },
    close: async () => {
      await server.close();
      await Promise.all([upstream.close(), evil.close()]);
    },
  };
}

/**
 * Of two calls of one batch that have the same id, the second can outlive the response. Its requests belong to this
 * case and not to the next.
 */
function counted(call: Call): { run: Call; settled: () => Promise<void> } {
  let running = 0;
  let cancelled = false;
  return {
    run: async (...parameters) => {
      running += 1;
      const outcome = await call(...parameters);
      running -= 1;
      cancelled ||= outcome.failure === 'cancelled';
      return outcome;
    },
    settled: async () => {
      while (running > 0) await pause(1);
      // A cancelled request may have been sent, and may still arrive.
      if (cancelled) await pause(300);
      cancelled = false;
    },
  };
}

let addresses = 0;

/** Failed authentications are limited per address; on Linux all of 127/8 is this machine. */
function nextAddress(): string {
  if (process.platform !== 'linux') return '127.0.0.1';
  addresses += 1;
  return `127.0.${1 + (Math.floor(addresses / 250) % 250)}.${1 + (addresses % 250)}`;
}

async function answerInTime(url: string, request: WireRequest): Promise<WireAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE);
  });
  return Promise.race([send(url, request), late]).finally(() => clearTimeout(timer));
}
