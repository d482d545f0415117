import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, type LocalServer } from '../support/http.js';

export interface ProxyOptions {
  /** Origin of the server behind it. */
  readonly target: string;
  /** Asked for each request. */
  readonly token: () => Promise<string>;
}

/**
 * Starts a proxy that puts an access token into every request, for a client that has none. All else passes as it
 * came, `Host` and `Origin` included: to judge them is up to the server.
 */
export function startProxy(options: ProxyOptions): Promise<LocalServer> {
  return listen((request, response) => {
    pass(request, response, options).catch(() => response.destroy());
  });
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { target, token }: ProxyOptions,
): Promise<void> {
  const { port } = new URL(target);
  const { method, url: path } = request;
  // A list of header lines, so that Node adds none of its own.
  const headers = [...endToEnd(request.rawHeaders), 'Authorization', `Bearer ${await token()}`];
  // A connection for each request: one that is kept might be closed by the server just when it is used again.
  const forwarded = send({ host: '127.0.0.1', port, method, path, headers, agent: false });
  // A client that goes away cancels; so the server has to see it go.
  response.once('close', () => forwarded.destroy());
  forwarded.once('error', () => response.destroy());
  forwarded.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders));
    // An event stream may stay silent after its head.
    response.flushHeaders();
    answer.pipe(response);
  });
  request.pipe(forwarded);
}

/** Without the headers that are about one connection only (RFC 9110 section 7.6.1). */
function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => {
    const name = rawHeaders[index - (index % 2)] ?? '';
    return !/^(connection|keep-alive)$/i.test(name);
  });
}
