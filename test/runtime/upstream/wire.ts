import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api, JsonObject, RequestShape, Tool } from '../../../templates/src/runtime/api.js';
import { waiting } from '../../support/http.js';
import type { Callers } from '../../../templates/src/runtime/credentials/settings.js';
import {
  Environment,
  readProxySettings,
  type Variables,
} from '../../../templates/src/runtime/environment.js';
import {
  readUpstreamSettings,
  type UpstreamSettings,
} from '../../../templates/src/runtime/upstream/settings.js';

/** A request as it was sent. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  /** Header lines as received, with names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** A stub upstream API on a separate port. */
export interface Stub {
  readonly url: string;
  readonly requests: Recorded[];
  /** Sockets of requests that the client cancelled. */
  readonly aborted: string[];
  close(): Promise<void>;
}

export type Answer = (request: Recorded, response: ServerResponse) => void;

/** Starts a stub that records requests. */
export async function startStub(
  answer: Answer = (_, response) => response.end('{}'),
): Promise<Stub> {
  const requests: Recorded[] = [];
  const aborted: string[] = [];
  const server = createServer(waiting, (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) aborted.push(request.url ?? '');
    });
    void record(request).then((recorded) => {
      requests.push(recorded);
      answer(recorded, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, requests, aborted, close };
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = request.rawHeaders;
  const headers = raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? '']] : [],
  );
  const { method = '', url = '' } = request;
  return { method, url, headers, body: Buffer.concat(chunks) };
}

/** All lines of one header. */
export function header(request: Recorded | undefined, name: string): string[] {
  return (request?.headers ?? []).filter(([key]) => key === name).map(([, value]) => value);
}

export function makeTool(request: Partial<RequestShape>, inputSchema: JsonObject = {}): Tool {
  return {
    name: 'tool',
    description: 'A tool',
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: false,
      openWorldHint: true,
    },
    inputSchema: { ...inputSchema, type: 'object' },
    request: { method: 'GET', path: '/things', ...request },
  };
}

export function makeApi(api: Partial<Api> = {}): Api {
  return {
    name: 'stub',
    title: 'Stub',
    version: '1',
    authentication: 'none',
    securitySchemes: {},
    scopes: {},
    tools: [],
    ...api,
  };
}

/** Settings from variables. @throws SettingsError as a start would. */
export function makeSettings(
  api: Api,
  variables: Variables,
  callers: Callers = 'anybody',
): UpstreamSettings {
  const env = new Environment(variables);
  const settings = readUpstreamSettings(api, env, callers, readProxySettings(env));
  env.throwProblems();
  return settings;
}

/** The text of all text blocks. */
export function textOf(result: { content: readonly { type: string }[] }): string {
  return result.content
    .map((block) => ('text' in block && typeof block.text === 'string' ? block.text : ''))
    .join('\n');
}
