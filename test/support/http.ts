import { createSocket } from 'node:dgram';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server for a test, on the loopback interface. */
export interface LocalServer {
  readonly url: string;
  /** Ends open connections too, so that a test never waits for a client that keeps one alive. */
  readonly close: () => Promise<void>;
}

/**
 * Idle connections end when their client or the server ends. After a time they would end just when a client that waited
 * for a busy processor uses them again, and the request would fail with ECONNRESET.
 */
export const waiting = { keepAliveTimeout: 0 };

/** Listens on the loopback interface; port 0 takes a free one. */
export async function listen(listener: RequestListener, port = 0): Promise<LocalServer> {
  const server = createServer(waiting, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => closeServer(server) };
}

/**
 * A port that was free a moment ago, for a program that needs its own URL before it starts. Below the ephemeral
 * ports, so that no server or connection of the test gets it meanwhile; below those that the tests of generated
 * projects choose from; and never one that another test, in any process, still intends to use.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_100 + Math.floor(Math.random() * 9_900);
    if (!(await reserve(port))) continue;
    const server = await listen(() => undefined, port).catch(() => undefined);
    if (server === undefined) continue;
    await server.close();
    return port;
  }
}

/**
 * Takes a UDP port derived from the number until this process ends, which all processes see. Not the UDP port of that
 * number, where a proxy may want to serve HTTP/3.
 */
function reserve(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  return new Promise((resolve) => {
    socket.once('error', () => socket.close(() => resolve(false)));
    const place = { port: port + 10_000, address: '127.0.0.1', exclusive: true };
    socket.bind(place, () => resolve(true));
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
