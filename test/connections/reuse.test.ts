import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { readStdioSettings } from '../../templates/src/runtime/settings.js';
import { createCall, type Outcome } from '../../templates/src/runtime/upstream/call.js';
import { makeApi, makeSettings, makeTool } from '../runtime/upstream/wire.js';
import { startTestServer, testApi, toolCall } from '../support/server.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** An API that counts its connections. */
async function startApi(listener: RequestListener = (_, response) => response.end('{}')) {
  const received: { readonly method: string; readonly connection: number }[] = [];
  const connections: Socket[] = [];
  const listening = createServer((request, response) => {
    const connection = connections.indexOf(request.socket);
    received.push({ method: request.method ?? '', connection });
    listener(request, response);
  });
  // Longer than any machine is busy.
  listening.keepAliveTimeout = 600_000;
  listening.on('connection', (socket: Socket) => connections.push(socket));
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  server = listening;
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const api = makeApi({ baseUrl: url });
  const call = createCall(api, makeSettings(api, {}));
  const context = { signal: new AbortController().signal, requestId: 'r1' };
  return {
    url,
    received,
    connections,
    api: listening,
    call: (method = 'GET'): Promise<Outcome> => call(makeTool({ method }), {}, context),
  };
}

/** A connection is free again in the turn of the event loop after the answer. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('connections are used again', () => {
  it('one for calls that follow one another', async () => {
    const { call, received, connections } = await startApi();
    for (let times = 0; times < 50; times += 1) {
      expect(await call(times % 5 === 0 ? 'POST' : 'GET')).toMatchObject({ status: 200 });
      await turn();
    }
    expect(received).toHaveLength(50);
    expect(connections).toHaveLength(1);
  });

  it('two for those that do so at once', async () => {
    const { call, received, connections } = await startApi();
    for (let times = 0; times < 50; times += 1) await call();
    expect(received).toHaveLength(50);
    expect(connections.length).toBeLessThanOrEqual(2);
  });

  it('after errors as well', async () => {
    let status = 200;
    const { call, connections } = await startApi((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"x"}');
    });
    for (status of [400, 401, 404, 500, 204, 200]) {
      expect(await call()).toMatchObject({ status });
      await turn();
    }
    expect(connections).toHaveLength(1);
  });

  it('by a server and all its callers', async () => {
    const { url, received, connections } = await startApi();
    const api = { ...testApi, baseUrl: url };
    const env = { UPSTREAM_BASE_URL: url };
    const call = createCall(api, readStdioSettings(api, env));
    const mcp = await startTestServer({ api, env, call });
    for (let times = 0; times < 50; times += 1) {
      const authorization = `Bearer ${await mcp.token({ sub: `user ${times % 7}` })}`;
      expect((await mcp.post(toolCall('free'), { authorization })).status).toBe(200);
    }
    await mcp.close();
    expect(received).toHaveLength(50);
    expect(connections).toHaveLength(1);
  });

  it('and not beyond the time that the API keeps them', async () => {
    const { call, connections } = await startApi((_, response) =>
      response.setHeader('keep-alive', 'timeout=1').end('{}'),
    );
    for (let times = 0; times < 5; times += 1) {
      expect(await call()).toMatchObject({ status: 200 });
      await turn();
    }
    // A second is less than the margin for a request that crosses the end of the connection.
    expect(connections).toHaveLength(5);
  });
});

describe('a connection that the API closes', () => {
  it.each(['GET', 'PUT', 'DELETE', 'POST'])(
    'between two calls fails neither: %s',
    async (method) => {
      const { call, api, received, connections } = await startApi();
      expect(await call(method)).toMatchObject({ status: 200 });
      const [first] = connections;
      await turn();
      const closed = new Promise((resolve) => first?.once('close', resolve));
      api.closeIdleConnections();
      await closed;
      // The close is reported in another turn, which a busy machine may begin with this timer.
      await pause(50);
      await turn();
      expect(await call(method)).toMatchObject({ status: 200 });
      expect(received.map(({ connection }) => connection)).toEqual([0, 1]);
    },
  );

  it.each(['GET', 'PUT', 'DELETE', 'POST'])(
    'under a request fails that, and it is not sent twice: %s',
    async (method) => {
      const { call, received } = await startApi((request, response) => {
        if (received.length > 1) request.socket.destroy();
        else response.end('{}');
      });
      expect(await call(method)).toMatchObject({ status: 200 });
      await turn();
      const outcome = await call(method);
      expect(outcome).toMatchObject({
        failure: 'network:UND_ERR_SOCKET',
        result: { isError: true },
      });
      await pause(50);
      expect(received.map(({ connection }) => connection)).toEqual([0, 0]);
    },
  );
});
