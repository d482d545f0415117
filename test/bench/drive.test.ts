import { afterEach, expect, test } from 'vitest';
import { listen, type LocalServer } from '../support/http.js';
import { Crowd } from './drive.js';

const options = {
  write: (index: number) => ({ headers: {}, body: String(index) }),
  expected: 'right',
};

let server: LocalServer | undefined;
let crowd: Crowd | undefined;

afterEach(async () => {
  await crowd?.close();
  await server?.close();
});

/** A server that answers with a status and a text, or closes the connection, and what it was sent. */
async function serve(
  answerOf: (body: string) => 'close' | readonly [status: number, text: string],
) {
  const bodies: string[] = [];
  const ports = new Set<number | undefined>();
  server = await listen((request, response) => {
    ports.add(request.socket.remotePort);
    request.setEncoding('utf8').on('data', (body: string) => {
      bodies.push(body);
      const answer = answerOf(body);
      if (answer === 'close') {
        response.destroy();
        return;
      }
      const [status, text] = answer;
      response.writeHead(status).end(text);
    });
  });
  return { url: `${server.url}/mcp`, bodies, ports };
}

test('each call is made once, over the connections that were opened', async () => {
  const { url, bodies, ports } = await serve(() => [200, 'right']);
  crowd = new Crowd(url, 4);
  await crowd.open(options);
  expect(bodies).toEqual(['0', '0', '0', '0']);
  const { latencies, seconds } = await crowd.run(50, options);
  const made = bodies.slice(4).map(Number);
  expect(made.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(latencies).toHaveLength(50);
  expect(seconds).toBeGreaterThan(0);
  expect(ports.size).toBe(4);
});

test('a call whose connection was closed is made once more', async () => {
  let closed = 0;
  const { url, bodies } = await serve((body) => {
    if (body === '3' && closed++ === 0) return 'close';
    return [200, 'right'];
  });
  crowd = new Crowd(url, 1);
  await crowd.run(5, options);
  expect(bodies).toEqual(['0', '1', '2', '3', '3', '4']);
});

test('a call whose connection is closed twice ends the run', async () => {
  const { url } = await serve((body) => (body === '3' ? 'close' : [200, 'right']));
  crowd = new Crowd(url, 1);
  await expect(crowd.run(5, options)).rejects.toThrow();
});

test.each([
  ['a refusal', 429, 'right'],
  ['a tool error', 200, '{"text":"right","isError":true}'],
  ['an answer without the marker', 200, 'wrong'],
])('%s ends the run', async (_name, status, text) => {
  const { url } = await serve((body) => (body === '7' ? [status, text] : [200, 'right']));
  crowd = new Crowd(url, 2);
  await expect(crowd.run(20, options)).rejects.toThrow(`Call 7 was answered ${status}`);
});
