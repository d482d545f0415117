import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** A server that accepts requests. */
export interface Running {
  /** Where it listens; absent over stdio. */
  readonly url?: string;
  /** Accepts nothing more, finishes what runs, and cuts off what has not ended after 7.5 s. */
  close(): Promise<void>;
}

const GRACE_MS = 7500;

/** Listens, with limits on what a client may send before anybody looks at it. Rejects when the address is taken. */
export async function listen(listener: RequestListener, { host, port }: Address): Promise<Running> {
  // Node's own defence against slow and oversized heads: 431 and 408 without a line of ours.
  const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 };
  const server = createServer({ ...limits, connectionsCheckingInterval: 1000 }, listener);
  // Node would silently drop the headers after the 2,000th, a second Authorization among them.
  server.maxHeadersCount = 0;
  const silent = trackSilent(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host.replace(/^\[|\]$/g, ''), resolve);
  });
  return { url: urlOf(server, { host, port }), close: () => close(server, silent) };
}

/** Where to listen; port 0 lets the system choose. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

function urlOf(server: Server, { host, port }: Address): string {
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${/^[^[].*:/.test(host) ? `[${host}]` : host}:${bound}`;
}

/** The connections that have not asked for anything yet, which Node does not count among the idle ones. */
function trackSilent(server: Server): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  return silent;
}

// A kept-alive connection would outlive its last answer by Node's five idle seconds, and could bring new calls.
function close(server: Server, silent: ReadonlySet<Socket>): Promise<void> {
  server.prependListener('request', (_, response) => response.setHeader('Connection', 'close'));
  return new Promise((resolve) => {
    for (const socket of silent) socket.destroy();
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const cutOff = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cutOff);
      resolve();
    });
  });
}
