import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';
import { parseUrl } from '../../../templates/src/runtime/text.js';
import { InputError } from '../../errors.js';
import { withoutCredentials } from '../../load/read/location.js';
import { closing, listen, targetOf } from '../../net/listening.js';

/** The target of a tunnel: one port for the server and its authorization server. */
interface FrontOptions {
  /** The public origin. */
  readonly origin: string;
  /** The port that the tunnel forwards to. */
  readonly port: number;
  readonly serverPort: number;
  readonly authPort: number;
}

/**
 * Forwards requests from a tunnel: those to the MCP endpoint and its metadata (RFC 9728) to the server, all others to
 * the authorization server. Rejects if the port is taken.
 */
export async function startFront(options: FrontOptions): Promise<{ close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const isForServer = ofServer.test(targetOf(request).pathname);
    forward(request, response, {
      port: isForServer ? options.serverPort : options.authPort,
      host: new URL(options.origin).host,
    });
  });
  await listen(server, options.port);
  return { close: closing(server) };
}

const ofServer = /^\/(mcp|\.well-known\/oauth-protected-resource)(\/|$)/;

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  to: { port: number; host: string },
): void {
  const { method, url: path, headers } = request;
  // A tunnel terminates TLS, and may replace the Host header with its own target.
  const sent = {
    ...headers,
    host: to.host,
    'x-forwarded-host': to.host,
    'x-forwarded-proto': 'https',
  };
  const forwarded = send(
    { host: '127.0.0.1', port: to.port, method, path, headers: sent },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    },
  );
  forwarded.on('error', () => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
  response.on('close', () => forwarded.destroy());
  request.pipe(forwarded);
}

/** The origin of a tunnel. @throws InputError */
export function publicOriginOf(url: string): string {
  const parsed = parseUrl(url);
  if (parsed !== undefined) {
    const { protocol, pathname, search, hash, username, password, origin } = parsed;
    const rest = `${search}${hash}${username}${password}`;
    if (protocol === 'https:' && ['/', '/mcp'].includes(pathname) && rest === '') return origin;
  }
  throw new InputError({
    code: 'INVALID_OPTION',
    message: `${JSON.stringify(withoutCredentials(url))} is not the URL of a tunnel.`,
    place: '--public-url',
    remedy: 'Write it with https and without a path: https://name.example.com.',
  });
}
