import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** The requests to a proxy. */
export interface Tunnel {
  /** `host:port`. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** A proxy that makes tunnels (RFC 9110 section 9.3.6), all of them to this machine. */
export interface ProxyServer {
  readonly url: string;
  readonly host: string;
  readonly tunnels: readonly Tunnel[];
  /** Requests that it was to carry out itself. */
  readonly requests: readonly string[];
  /** All bytes that clients sent through it, or to it. */
  readonly heard: () => string;
  readonly close: () => Promise<void>;
}

export interface ProxyOptions {
  /** Its response; default: it opens the tunnel. 0: no response. */
  readonly status?: number;
}

/** Starts one. Names that only it knows lead to 127.0.0.1 too. */
export async function startProxy({ status = 200 }: ProxyOptions = {}): Promise<ProxyServer> {
  const tunnels: Tunnel[] = [];
  const requests: string[] = [];
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(501).end();
  });
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  server.on('connection', (socket: Socket) => {
    keep(socket);
    socket.on('data', (chunk) => heard.push(chunk));
  });
  server.on('connect', ({ url: target = '', headers }, client: Socket, head) => {
    tunnels.push({ target, headers });
    if (status === 0) return;
    if (status !== 200)
      return void client.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const upstream = connect(Number(target.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    keep(upstream);
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const text = () => Buffer.concat(heard).toString('latin1');
  return { url: `http://${host}`, host, tunnels, requests, heard: text, close };
}
