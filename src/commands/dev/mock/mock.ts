import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { JsonObject } from '../../../load/document.js';
import { closing, listen, targetOf } from '../../../net/listening.js';
import { withShortLists } from '../../../project/samples.js';
import { answerOf } from './answer.js';
import { createRouter, type Router } from './routes.js';

/** One request that the mock answered. */
export interface MockRequest {
  readonly method: string;
  /** Including the query. */
  readonly path: string;
  readonly status: number;
}

interface MockOptions {
  /** Default: a free port. */
  readonly port?: number;
  readonly onRequest: (request: MockRequest) => void;
}

/** A mock of a document's API. */
export interface Mock {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts a mock on the loopback interface. Rejects if the port is taken. */
export async function startMock(
  root: JsonObject,
  { port = 0, onRequest }: MockOptions,
): Promise<Mock> {
  const document = withShortLists(root);
  const route = createRouter(document);
  const server = createServer((request, response) => {
    // A page whose name resolves to this machine (DNS rebinding) must not be able to call the mock.
    const isOurs = request.headers.host === host;
    const status = isOurs ? answer(document, route, request, response) : misdirect(response);
    onRequest({ method: request.method ?? '', path: request.url ?? '', status });
  });
  const url = await listen(server, port);
  const { host } = new URL(url);
  return { url, close: closing(server) };
}

function misdirect(response: ServerResponse): number {
  response.writeHead(421).end();
  return 421;
}

/** Responds, and returns the status. The request's body is not used, so it is not read. */
function answer(
  root: JsonObject,
  route: Router,
  request: IncomingMessage,
  response: ServerResponse,
): number {
  request.resume();
  const { method = '' } = request;
  const target = targetOf(request);
  const operation = route(method, target);
  if (operation === undefined) {
    const detail = `The document has no operation ${method} ${target.pathname}.`;
    response.writeHead(404, { 'Content-Type': 'application/problem+json' });
    response.end(JSON.stringify({ title: 'Not Found', status: 404, detail }));
    return 404;
  }
  const { status, contentType, body } = answerOf(root, operation, request.headers.accept);
  response.writeHead(status, contentType === undefined ? {} : { 'Content-Type': contentType });
  response.end(method === 'HEAD' ? undefined : body);
  return status;
}
