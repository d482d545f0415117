import { afterEach, describe, expect, it } from 'vitest';
import { clientNames, reportFor } from '../../../templates/src/runtime/oauth/step-up.js';
import {
  recordedCall,
  recordedClients,
  type RecordedClient,
} from '../../support/recorded-clients.js';
import { startTestServer, testApi, type TestServer } from '../../support/server.js';

let server: TestServer;
const started: TestServer[] = [];
afterEach(() => Promise.all(started.splice(0).map((one) => one.close())));

async function start(env: Record<string, string> = {}): Promise<void> {
  server = await startTestServer({ api: testApi, env });
  started.push(server);
}

/** The response to a client that calls `write` without the scope, and whether it has the challenge. */
async function outcome(client: RecordedClient, call: { headers: object; body: unknown }) {
  const token = await server.token({ scope: 'notes.read', client_id: client.client ?? 'c1' });
  const response = await server.post(call.body, {
    ...(call.headers as Record<string, string>),
    Authorization: `Bearer ${token}`,
  });
  const body = await response.text();
  const challenge = /insufficient_scope[^}]*notes\.read notes\.write/;
  if (response.status === 403) {
    expect(response.headers.get('www-authenticate')).toMatch(challenge);
    return 'http';
  }
  expect(response.status).toBe(200);
  expect(body).toContain('"isError":true');
  expect(body).toMatch(/"mcp\/www_authenticate":\["Bearer error=/);
  expect(body).toMatch(challenge);
  return 'tool';
}

describe('a missing scope, unless MCP_SCOPE_ERRORS is set', () => {
  it.each(recordedClients)('is reported to $name by $report', async (client) => {
    await start();
    expect(await outcome(client, recordedCall(client, 'write'))).toBe(client.report);
    // With a progress token, the request is not answered directly.
    const { headers, body } = recordedCall(client, 'write');
    const params = {
      ...body.params,
      _meta: { ...('_meta' in body.params && body.params._meta), progressToken: 1 },
    };
    expect(await outcome(client, { headers, body: { ...body, params } })).toBe(client.report);
    expect(server.calls).toEqual([]);
  });

  it.each(recordedClients)('is reported to $name by $report in search mode', async (client) => {
    await start({ MCP_TOOLS: 'search' });
    const call = recordedCall(client, 'call_write_operation', { name: 'write', arguments: {} });
    expect(await outcome(client, call)).toBe(client.report);
    expect(server.calls).toEqual([]);
  });

  it.each(recordedClients.filter(({ era }) => era !== '2026-07-28'))(
    'keeps $name from calling in a batch',
    async (client) => {
      await start();
      const { headers, body } = recordedCall(client, 'write');
      const read = { ...recordedCall(client, 'read').body, id: 2 };
      expect(await outcome(client, { headers, body: [read, body] })).toBe(client.report);
      expect(server.calls.map(({ tool }) => tool)).not.toContain('write');
    },
  );

  it.each(['http', 'tool'] as const)('is reported to all by %s when that is set', async (value) => {
    await start({ MCP_SCOPE_ERRORS: value });
    for (const client of recordedClients)
      expect(await outcome(client, recordedCall(client, 'write')), client.name).toBe(value);
    expect(server.calls).toEqual([]);
  });

  it('is not reported to a client with the scope', async () => {
    await start();
    for (const client of recordedClients) {
      const { headers, body } = recordedCall(client, 'write');
      const token = await server.token({ scope: 'notes.read notes.write' });
      const response = await server.post(body, { ...headers, Authorization: `Bearer ${token}` });
      expect(await response.text(), client.name).toContain('write ran');
    }
  });
});

describe('the names of a client', () => {
  it.each([
    [{ info: 'claude-ai', agent: 'openai-mcp/1.0.0' }, 'http'],
    [{ info: 'openai-mcp', agent: 'Claude-User' }, 'tool'],
    [{ info: 'something', agent: 'openai-mcp/1.0.0' }, 'tool'],
    [{ agent: 'Claude-User', client: 'https://chatgpt.com/oauth/client.json' }, 'http'],
    [{ agent: 'node', client: 'https://chatgpt.com/oauth/client.json' }, 'tool'],
    [{ client: 'https://chatgpt.com/oauth/abc/client.json' }, 'tool'],
    // Codex is a separate client with a separate document.
    [{ client: 'https://chatgpt.com/oauth/codex/client.json' }, 'http'],
    [
      {
        agent:
          'Mozilla/5.0 AppleWebKit/537.36; compatible; ChatGPT-User/1.0; +https://openai.com/bot',
      },
      'tool',
    ],
    [{}, 'http'],
  ] as const)('decide in order: %j', (names, report) => {
    expect(reportFor(names)).toBe(report);
  });

  it('are read from one message of any kind', () => {
    const names = (message: unknown) => clientNames({ headers: [] }, message).info;
    const key = 'io.modelcontextprotocol/clientInfo';
    expect(names({ params: { _meta: { [key]: { name: 'x' } } } })).toBe('x');
    for (const odd of [
      undefined,
      null,
      1,
      [],
      [{ params: {} }],
      { params: { _meta: { [key]: { name: 1 } } } },
    ])
      expect(names(odd)).toBeUndefined();
  });
});
