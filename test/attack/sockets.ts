import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { once } from 'node:events';
import type { Attempt, Stage } from './stage.js';

/** A request as bytes, for a connection that is kept. */
export function bytesOf(stage: Stage, token?: string, attempt: Attempt = {}): string {
  const { method = 'POST', target = '/mcp', body = '', headers = [] } = attempt;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: 127.0.0.1:${stage.meaning.port}`,
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    'Accept: application/json, text/event-stream',
    ...headers.map((pair) => pair.join(': ')),
    ...(method === 'POST'
      ? ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]
      : []),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${text}`;
}

/** Opens a connection to a server; what goes wrong with it later is seen by its end. */
export async function open(stage: Stage): Promise<Socket> {
  const socket = connect(Number(stage.meaning.port), '127.0.0.1');
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

/** Whether the server ends a connection within some seconds. */
export async function endedWithin(socket: Socket, ms: number): Promise<boolean> {
  if (socket.closed) return true;
  const closed = new Promise<true>((resolve) => socket.once('close', () => resolve(true)));
  return Promise.race([closed, pause(ms, false)]);
}

/** The statuses of the answers that a connection was sent, in order. */
function readStatuses(socket: Socket): number[] {
  const statuses: number[] = [];
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const text = rest + chunk.toString('latin1');
    const found = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)];
    statuses.push(...found.map(([, status]) => Number(status)));
    rest = text.slice(-12);
  });
  return statuses;
}

/** Ends a connection once its answers are read; and counts those that are not a mere 503 (too many). */
export async function countAnswered(socket: Socket): Promise<number> {
  const statuses = readStatuses(socket);
  socket.resume();
  for (let before = -1; before < statuses.length && !socket.closed;) {
    before = statuses.length;
    await endedWithin(socket, 1000);
  }
  socket.destroy();
  return statuses.filter((status) => status !== 503).length;
}

/** The statuses of the next answers, fewer when the connection ends or they take too long. */
export async function answersOf(socket: Socket, count: number): Promise<number[]> {
  const statuses = readStatuses(socket);
  const deadline = Date.now() + 30_000;
  while (statuses.length < count && !socket.closed && Date.now() < deadline) await pause(1);
  socket.removeAllListeners('data');
  return statuses;
}

/** Connections that send one request again and again, never read an answer, and come again when they are ended. */
export async function pour(
  stage: Stage,
  request: string,
  { connections = 10, ms = 1500 } = {},
): Promise<readonly Socket[]> {
  const many = Buffer.from(request.repeat(200));
  const all: Socket[] = [];
  const until = Date.now() + ms;
  const keepOpen = async () => {
    while (Date.now() < until) {
      const socket = (await open(stage)).pause();
      all.push(socket);
      while (!socket.closed && Date.now() < until) {
        if (socket.writable && socket.writableLength < 1_000_000) socket.write(many);
        await pause(20);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, keepOpen));
  return all;
}
