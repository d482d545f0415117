import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { listen } from '../support/http.js';

/** The failures that a request can ask of the API. */
export type Fault = 'none' | 'error' | 'unavailable' | 'reset' | 'cut' | 'hang';

/** One request for a marker. */
export interface Arrival {
  readonly requestId: string;
  times: number;
}

/** The API behind the soaked server: it repeats the marker of each request, or fails as the request asks. */
export interface EchoApi {
  readonly url: string;
  /** By marker. */
  readonly arrivals: ReadonlyMap<string, Arrival>;
  /** Requests that are neither answered nor cancelled. */
  open(): number;
  /** Resolves when a marker has arrived. */
  arrived(marker: string): Promise<void>;
  /** Resolves when the hanging request for a marker was cancelled by its sender. */
  givenUp(marker: string): Promise<void>;
  readonly close: () => Promise<void>;
}

interface Wish {
  readonly marker: string;
  readonly fault: Fault;
  /** Milliseconds. */
  readonly delay: number;
}

export async function startEchoApi(apiKey: string): Promise<EchoApi> {
  const arrivals = new Map<string, Arrival>();
  const waiting = new Map<string, () => void>();
  let open = 0;
  const tell = (key: string) => {
    waiting.get(key)?.();
    waiting.delete(key);
  };
  const wait = (key: string) => new Promise<void>((resolve) => waiting.set(key, resolve));
  const { url, close } = await listen((request, response) => {
    open += 1;
    response.once('close', () => (open -= 1));
    void wishOf(request).then((wish) => {
      const { marker } = wish;
      const requestId = String(request.headers['x-request-id']);
      const known = arrivals.get(marker) ?? { requestId, times: 0 };
      known.times += 1;
      arrivals.set(marker, known);
      response.once('close', () => tell(`gone ${marker}`));
      tell(`here ${marker}`);
      const status = request.headers['x-api-key'] === apiKey ? 200 : 401;
      setTimeout(() => answer(response, wish, status), wish.delay);
    });
  });
  return {
    url,
    close,
    arrivals,
    open: () => open,
    arrived: (marker) => wait(`here ${marker}`),
    givenUp: (marker) => wait(`gone ${marker}`),
  };
}

async function wishOf(request: IncomingMessage): Promise<Wish> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const body = request.method === 'POST' ? ((await json(request)) as Partial<Wish>) : {};
  const query = {
    fault: (searchParams.get('fault') ?? 'none') as Fault,
    delay: Number(searchParams.get('delay')),
    marker: decodeURIComponent(pathname.split('/').at(-1) ?? ''),
  };
  return { ...query, ...body };
}

function answer(response: ServerResponse, { marker, fault }: Wish, status: number): void {
  const type = { 'Content-Type': 'application/json' };
  const text = JSON.stringify({ marker, fault });
  if (fault === 'none') response.writeHead(status, type).end(text);
  else if (fault === 'error') response.writeHead(500, type).end(text);
  else if (fault === 'unavailable')
    response.writeHead(503, { ...type, 'Retry-After': '1' }).end(text);
  else if (fault === 'reset') response.destroy();
  else if (fault === 'cut')
    response.writeHead(200, { ...type, 'Content-Length': '100000' }).write(text, () => {
      response.destroy();
    });
}
