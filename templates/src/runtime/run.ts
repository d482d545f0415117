import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as TcpServer, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Refused } from './audit.js';
import { SettingsError } from './environment.js';
import { emptyResponse, headerOf, linesOf, type Answer, type Refusal } from './http.js';
import { inNetworks } from './limits.js';
import { clientAddress, NodeRequest, send } from './node-http.js';
import type { HttpSettings } from './settings.js';
import { flush } from './spans.js';

/** A server that accepts requests. */
export interface Running {
  /** Where it listens; absent over stdio. */
  readonly url?: string;
  /**
   * Stops accepting connections, finishes running requests, and aborts those that do not end in time. Gently means that
   * idle connections may send one more request: closing one immediately could hit a request that a proxy must not
   * retry.
   */
  close(isGentle?: boolean): Promise<void>;
}

/** Where to listen, and with which limits. */
export interface Listening extends Pick<
  HttpSettings,
  'host' | 'port' | 'trustedProxies' | 'maxHeaderBytes' | 'keepAliveSeconds' | 'shutdownSeconds'
> {
  /** How long a client may read nothing of a response; Node may wait twice as long. */
  readonly unreadSeconds?: number;
  /** Called for requests that are refused before they are parsed. */
  readonly onRefused: (request: Refused, status: number, refusal: Refusal) => void;
}

/** Runs a server until SIGTERM or SIGINT. Wrong settings end the process with code 2 and a line for each variable. */
export async function run(start: () => Promise<Running>): Promise<void> {
  const refuse = (message: string): never => {
    process.stderr.write(`${message}\n`);
    process.exit(2);
  };
  const running = await start().catch((error: unknown) => {
    if (error instanceof SettingsError)
      return refuse(`The server cannot start:\n${error.message.replace(/^/gm, '  ')}`);
    if (error instanceof Error && 'syscall' in error)
      return refuse(`The server cannot listen: ${error.message}. Set PORT or HOST.`);
    throw error;
  });
  const end = (isGentle: boolean): void =>
    void running
      .close(isGentle)
      .then(flush)
      .finally(() => process.exit(0));
  process.once('SIGTERM', () => end(true));
  process.once('SIGINT', () => end(false));
}

// A busy proxy uses each of its connections within that time.
const LINGER_MS = 500;

/** Listens, with limits on what a client may send before any of it is parsed. Rejects if the address is in use. */
export async function listen(answer: Answer, options: Listening): Promise<Running> {
  const { host, port, shutdownSeconds } = options;
  const server = createLimitedServer(options);
  const silent = trackSilent(server);
  respond(server, answer, options);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host.replace(/^\[|\]$/g, ''), resolve);
  });
  const cutOffMs = shutdownSeconds * 1000;
  return {
    url: urlOf(server, options),
    close: (isGentle) => stop(server, silent, { lingerMs: isGentle ? LINGER_MS : 0, cutOffMs }),
  };
}

function createLimitedServer({ maxHeaderBytes, keepAliveSeconds }: Listening): Server {
  const server = createServer({
    // Node's own defense against slow and oversized heads.
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 1000,
    // Node's default is 5 s. A load balancer keeps connections for 60, and responds with 502 if one closes during a
    // request.
    keepAliveTimeout: keepAliveSeconds * 1000,
    // Without the header, Node would respond, but not report it.
    requireHostHeader: false,
  });
  // Node would silently drop the headers after the 2,000th, a second Authorization among them.
  server.maxHeadersCount = 0;
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  return server;
}

function respond(server: Server, answer: Answer, options: Listening): void {
  const { trustedProxies, unreadSeconds = 30, onRefused } = options;
  const isTrusted = inNetworks(trustedProxies);
  const read = (request: IncomingMessage, response: ServerResponse): NodeRequest => {
    const forwarded = linesOf(request.rawHeaders, 'x-forwarded-for');
    const client = clientAddress(request.socket.remoteAddress ?? '', forwarded, isTrusted);
    return new NodeRequest(request, response, client);
  };
  const unreadMs = unreadSeconds * 1000;
  const refuse = (one: NodeRequest, response: ServerResponse, status: number, reason: string) => {
    onRefused(one, status, { reason });
    send(response, emptyResponse(status, { Connection: 'close' }), unreadMs);
  };
  server.on('request', (request, response) => {
    const { rawHeaders, httpVersion, socket } = request;
    const one = read(request, response);
    if (isPipelining(socket, response)) {
      // Nginx's status for a connection that was closed without a response.
      if (!socket.destroyed) onRefused(one, 444, { reason: 'too many unanswered requests' });
      return void socket.destroy();
    }
    if (httpVersion === '1.1' && headerOf(rawHeaders, 'host') === undefined)
      refuse(one, response, 400, 'no Host header');
    else void answer(one).then((given) => send(response, given, unreadMs));
  });
  server.on('checkExpectation', (asked, response) =>
    refuse(read(asked, response), response, 417, 'Expect'),
  );
  server.on('clientError', (error, socket) => {
    if (socket instanceof Socket) refuseUnread(error, socket, onRefused);
  });
}

// Far above what clients of one instance need; each connection costs memory before anyone is identified.
const MAX_CONNECTIONS = 10_000;
const MAX_REQUESTS_PER_SOCKET = 1000;
/** MCP clients do not pipeline: one that sends more without reading would keep all others waiting. */
const MAX_UNANSWERED = 16;

const unanswered = new WeakMap<Socket, Set<ServerResponse>>();

function isPipelining(socket: Socket, response: ServerResponse): boolean {
  const waiting = unanswered.get(socket) ?? new Set();
  unanswered.set(socket, waiting.add(response));
  // Not immediately: requests with an instant response would never count, and one chunk holds hundreds of them.
  response.once('close', () => setImmediate(() => waiting.delete(response)));
  return waiting.size > MAX_UNANSWERED;
}

const UNREAD: Readonly<Record<string, readonly [status: string, refusal: Refusal]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    { reason: 'headers too large', set: 'MCP_MAX_HEADER_BYTES' },
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', { reason: 'chunk extensions' }],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', { reason: 'too slow' }],
};

/** Responds like Node itself to requests that it cannot parse, but logs them. */
function refuseUnread(
  error: Error & { code?: string; rawPacket?: Buffer },
  socket: Socket,
  onRefused: Listening['onRefused'],
): void {
  const { code = '', rawPacket } = error;
  const [response, ...others] = unanswered.get(socket) ?? [];
  // A body that cannot be parsed is refused too; what follows a whole request must not look like its response.
  const isTaken = response?.headersSent === true || response?.req.complete === true;
  const isOwed = isTaken || others.length > 0;
  if (!socket.writable || isOwed || code === 'ECONNRESET') return void socket.destroy();
  const [status, refusal] = UNREAD[code] ?? ['400 Bad Request', { reason: `not HTTP: ${code}` }];
  socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
  onRefused(readHead(rawPacket, socket.remoteAddress), Number(status.slice(0, 3)), refusal);
}

/** What is known about a request that was not parsed: its last packet may be its first. */
function readHead(packet: Buffer | undefined, remoteAddress = ''): Refused {
  const [first = '', ...lines] = packet?.toString('latin1').split('\r\n') ?? [];
  const [, method = '', path = ''] = /^([A-Z]+) ([^ ?]*)[^ ]* HTTP\/1/.exec(first) ?? [];
  const headers = lines.some((line) => /^authorization:/i.test(line)) ? ['authorization', ''] : [];
  const address = clientAddress(remoteAddress, [], () => false);
  return { id: randomUUID(), method, path, headers, address };
}

function urlOf(server: Server, { host, port }: Listening): string {
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${/^[^[].*:/.test(host) ? `[${host}]` : host}:${bound}`;
}

/** The connections that have not sent a request yet, which Node does not count as idle. */
function trackSilent(server: Server): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  return silent;
}

// A kept-alive connection would stay open after its last response, and could bring new calls.
async function stop(
  server: Server,
  silent: ReadonlySet<Socket>,
  { lingerMs, cutOffMs }: { readonly lingerMs: number; readonly cutOffMs: number },
): Promise<void> {
  let last = performance.now();
  server.prependListener('request', (_, response) => {
    last = performance.now();
    response.setHeader('Connection', 'close');
  });
  const cutOff = setTimeout(() => server.closeAllConnections(), cutOffMs);
  await upToDate(server);
  // Not the method of the HTTP server, which would close idle connections immediately.
  const closed = new Promise((resolve) => {
    TcpServer.prototype.close.call(server, resolve);
  }).then(() => true);
  const soon = (): Promise<boolean> =>
    pause(50)
      .then(() => upToDate(server))
      .then(() => false);
  do {
    if (performance.now() - last >= lingerMs) {
      for (const socket of silent) socket.destroy();
      server.closeIdleConnections();
    }
  } while (!(await Promise.race([closed, soon()])));
  clearTimeout(cutOff);
}

/**
 * Resolves when all that has arrived so far is accepted and read: the system resets a connection that still waits when
 * its server stops listening, or is closed with something unread, and the proxy must not send that request again.
 */
async function upToDate(server: Server): Promise<void> {
  let arrived = 0;
  const count = (): void => void (arrived += 1);
  server.on('connection', count);
  for (let turns = 0; turns < 100; turns += 1) {
    const [began, before] = [performance.now(), arrived];
    // Directly after the event loop has looked for input, and before its timers.
    await new Promise(setImmediate);
    if (arrived === before && performance.now() - began < 1) break;
  }
  server.off('connection', count);
}
