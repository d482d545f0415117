import {
  Client,
  StreamableHTTPClientTransport,
  InMemoryTransport,
} from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Api, Tool } from '../../templates/src/runtime/api.js';
import type { ConfirmSettings } from '../../templates/src/runtime/confirm.js';
import { createMcp } from '../../templates/src/runtime/mcp.js';
import type { ToolMode } from '../../templates/src/runtime/operations/offer.js';
import { readStdioSettings } from '../../templates/src/runtime/settings.js';
import { createCheck } from '../../templates/src/runtime/upstream/call.js';
import { testApi } from './server.js';

const safe = {
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: true,
  },
};

/** The tools of the test API, and some that a person may have to confirm. */
export const confirmingApi: Api = {
  ...testApi,
  scopes: { ...testApi.scopes, erase: [], drop: [], keep: [], note: [], wipe: [] },
  tools: [
    ...testApi.tools,
    destructive('drop', { title: 'Drop everything' }),
    destructive('erase', { confirm: 'Erase item {id} of {list}?' }),
    destructive('keep', { confirm: false }),
    { ...destructive('note', { confirm: true }), ...safe },
    // As the generator writes one: the others accept any arguments.
    destructive('wipe', {
      inputSchema: {
        type: 'object',
        properties: { id: { type: 'string' }, list: { type: 'integer', minimum: 1 } },
        required: ['id'],
        additionalProperties: false,
      },
      request: {
        method: 'DELETE',
        path: '/wipe/{id}',
        parameters: [
          { name: 'id', in: 'path' },
          { name: 'list', in: 'query' },
        ],
      },
    }),
  ],
};

function destructive(name: string, more: Partial<Tool>): Tool {
  return {
    name,
    description: `The tool ${name}`,
    annotations: { ...safe.annotations, destructiveHint: true },
    inputSchema: { type: 'object' },
    request: { method: 'DELETE', path: `/${name}/{id}` },
    ...more,
  };
}

export type Mode = 'legacy' | { readonly pin: '2026-07-28' };
export const modes: readonly Mode[] = ['legacy', { pin: '2026-07-28' }];

type Answer = { action: 'accept' | 'decline' | 'cancel'; content?: Record<string, boolean> };
export const yes: Answer = { action: 'accept', content: { confirm: true } };

/** The official client, with a person who gives every question the same answer; without an answer it cannot ask. */
function clientOf(mode: Mode, answer?: Answer) {
  const capabilities = answer === undefined ? {} : { elicitation: { form: {} } };
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities, versionNegotiation: { mode } },
  );
  const asked: string[] = [];
  if (answer !== undefined)
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      return answer;
    });
  const call = (name: string, args: Record<string, unknown> = {}) =>
    client.callTool({ name, arguments: args });
  return { client, asked, call };
}

/** Connects it to a server over HTTP. */
export async function overHttp(url: string, token: string, mode: Mode, answer?: Answer) {
  const made = clientOf(mode, answer);
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  await made.client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return made;
}

/** Connects it to a server over stdio, in this process. */
export async function overStdio(
  confirm: ConfirmSettings | undefined,
  mode: Mode,
  answer?: Answer,
  tools?: ToolMode,
) {
  const calls: string[] = [];
  const { factory } = createMcp({
    api: confirmingApi,
    confirm,
    tools,
    check: createCheck(readStdioSettings(confirmingApi, {})),
    audit: () => undefined,
    onError: () => undefined,
    call: ({ name }) => {
      calls.push(name);
      return Promise.resolve({ result: { content: [{ type: 'text', text: `${name} ran` }] } });
    },
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(await factory(), { transport: far });
  const made = clientOf(mode, answer);
  await made.client.connect(near);
  return { ...made, calls, close: () => handle.close() };
}
