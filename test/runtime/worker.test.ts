import { describe, expect, it, vi } from 'vitest';
import type { Api } from '../../templates/src/runtime/api.js';
import { SettingsError, type Variables } from '../../templates/src/runtime/environment.js';
import { readWorkerSettings } from '../../templates/src/runtime/worker-settings.js';
import type { AnswerOptions } from '../../templates/src/runtime/answer.js';
import { log, serveWorker } from '../../templates/src/runtime/worker.js';

const api: Api = {
  name: 'notes',
  title: 'Notes',
  version: '1',
  authentication: 'none',
  baseUrl: 'https://api.example.com',
  securitySchemes: {},
  scopes: {},
  tools: [],
};
const vars = { MCP_RESOURCE_URL: 'https://mcp.example.com/mcp', MCP_ALLOW_UNAUTHENTICATED: 'true' };

function setUp(change: Partial<AnswerOptions> = {}) {
  const written = vi.spyOn(log, 'write').mockImplementation(() => undefined);
  const audit = vi.fn();
  const seen: Variables[] = [];
  const worker = serveWorker(audit, (env) => {
    seen.push(env);
    const settings = readWorkerSettings(api, env);
    const call = () => Promise.resolve({ result: { content: [] } });
    return { api, audit, call, settings, verifier: undefined, ...change };
  });
  const waitUntil = vi.fn();
  const send = (url: string, init: RequestInit = {}, bindings: object = vars) =>
    worker.fetch(
      new Request(url, {
        ...init,
        headers: { host: 'mcp.example.com', ...(init.headers as Record<string, string>) },
      }),
      bindings,
      { waitUntil },
    );
  return { send, audit, seen, written, waitUntil };
}

describe('an isolate', () => {
  it('starts once, with its first request, and logs its settings', async () => {
    const { send, seen, written } = setUp();
    for (const _ of [1, 2])
      expect((await send('https://mcp.example.com/healthz')).status).toBe(200);
    expect(seen).toHaveLength(1);
    expect(written).toHaveBeenCalledOnce();
    expect(written.mock.calls[0]?.[0]).toContain('https://mcp.example.com/mcp');
  });

  it('with wrong settings responds to every request with 500, and logs one line', async () => {
    const { send, audit, seen } = setUp();
    for (const _ of [1, 2]) {
      const response = await send('https://mcp.example.com/healthz', {}, { ...vars, PORT: 8080 });
      expect(response.status).toBe(500);
      const { error } = (await response.json()) as { error: string };
      expect(error).toBe('misconfigured');
    }
    expect(seen).toHaveLength(1);
    expect(audit.mock.calls).toEqual([
      ['misconfigured', { problems: ['PORT must not be set: Cloudflare decides it for a Worker'] }],
    ]);
  });

  it('whose custom code fails at the start counts as misconfigured too', async () => {
    const audit = vi.fn();
    const worker = serveWorker(audit, () => {
      throw new SettingsError('A is wrong\nB is wrong');
    });
    const response = await worker.fetch(
      new Request('https://a.example/'),
      {},
      { waitUntil: vi.fn() },
    );
    expect(response.status).toBe(500);
    expect(audit).toHaveBeenCalledWith('misconfigured', { problems: ['A is wrong', 'B is wrong'] });
  });

  it('accepts texts, numbers and JSON as variables, but not services', async () => {
    const { send, seen } = setUp();
    await send(
      'https://mcp.example.com/healthz',
      {},
      {
        ...vars,
        MCP_RATE_LIMIT: 5,
        UPSTREAM_HEADERS: { 'X-A': '1' },
        STORE: new Map(),
        NOTHING: null,
      },
    );
    expect(seen[0]).toEqual({ ...vars, MCP_RATE_LIMIT: '5', UPSTREAM_HEADERS: '{"X-A":"1"}' });
  });
});

describe('a list in the configuration of a Worker', () => {
  it('may be a list of JSON', async () => {
    const { send, seen } = setUp();
    const hosts = ['a.example', 'b.example'];
    await send('https://mcp.example.com/healthz', {}, { ...vars, MCP_ALLOWED_HOSTS: hosts });
    const { allowedHosts } = readWorkerSettings(api, seen[0] ?? {});
    expect(allowedHosts).toEqual(['mcp.example.com', ...hosts]);
  });
});

describe('a request of a Worker', () => {
  const post = (body: string) => ({
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  });
  const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

  it('is answered', async () => {
    const { send, waitUntil } = setUp();
    const response = await send('https://mcp.example.com/mcp', post(list));
    expect(await response.json()).toMatchObject({ id: 1, result: { tools: [] } });
    expect(waitUntil).toHaveBeenCalledOnce();
  });

  it('with too long a body is refused', async () => {
    const { send } = setUp();
    const { status } = await send('https://mcp.example.com/mcp', post(list.padEnd(4_194_305)));
    expect(status).toBe(413);
  });

  it('may be answered without a body', async () => {
    const { send } = setUp();
    const origin = { origin: 'https://mcp.example.com' };
    const response = await send('https://mcp.example.com/mcp', {
      method: 'OPTIONS',
      headers: origin,
    });
    expect([response.status, response.body]).toEqual([204, null]);
  });

  it('keeps its original path', async () => {
    const paths: string[] = [];
    const settings = readWorkerSettings(api, vars);
    const { audit, send } = setUp({ settings });
    await send('https://mcp.example.com/%6Dcp?a=/mcp#/mcp');
    for (const [event, fields] of audit.mock.calls as [string, { path: string }][])
      if (event === 'refused') paths.push(fields.path);
    expect(paths).toEqual(['/%6Dcp']);
  });

  it('comes from the address that Cloudflare names', async () => {
    const { audit, send } = setUp();
    await send('https://mcp.example.com/x', { headers: { 'cf-connecting-ip': '192.0.2.7' } });
    expect(audit).toHaveBeenCalledWith(
      'refused',
      expect.objectContaining({ address: '192.0.2.7' }),
    );
  });

  it('to a custom route gets its headers, not those of the server', async () => {
    const route = () => {
      const headers = new Headers({ 'Cache-Control': 'max-age=60' });
      for (const cookie of ['a=1', 'b=2']) headers.append('Set-Cookie', cookie);
      return new Response('', { headers });
    };
    const { send } = setUp({ routes: { '/own': route } });
    const { headers } = await send('https://mcp.example.com/own');
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(headers.get('cache-control')).toBe('max-age=60');
  });
});
