import { register } from './secrets.js';

/** One HTTP request and its response. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly requestHeaders: Headers;
  readonly requestBody: string;
  readonly status: number;
  readonly headers: Headers;
  /** The part of the body that has arrived. */
  body: string;
  /** The body is complete, or will not become so. */
  readonly done: Promise<void>;
}

export interface Recorder {
  /** To be passed to a client as its `fetch`. */
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  /** In the order of the responses. */
  readonly exchanges: readonly Exchange[];
  /** Every byte that was received, including headers, as one text to search in. */
  received(): string;
}

/** Records requests and responses, so that a test can check what happened, not what should have. */
export function startRecorder(): Recorder {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    async fetch(url, init) {
      const request = new Request(url, init);
      registerToken(request.headers);
      const requestBody = await request.clone().text();
      const response = await fetch(request);
      exchanges.push(record(request, requestBody, response));
      return response;
    },
    received: () => exchanges.map(asText).join('\n'),
  };
}

function record(request: Request, requestBody: string, response: Response): Exchange {
  // The copy is read as it arrives: an event stream may never end.
  const copy: AsyncIterable<Uint8Array> | null = response.clone().body;
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of copy ?? []) exchange.body += decoder.decode(chunk, { stream: true });
  };
  const exchange: Exchange = {
    method: request.method,
    url: new URL(request.url),
    requestHeaders: request.headers,
    requestBody,
    status: response.status,
    headers: response.headers,
    body: '',
    done: read().catch(() => undefined),
  };
  return exchange;
}

function registerToken(headers: Headers): void {
  const [, token] = /^Bearer (\S{20,})$/.exec(headers.get('authorization') ?? '') ?? [];
  if (token !== undefined) register('access token in a request', token);
}

function asText({ headers, body }: Exchange): string {
  return `${[...headers].map((pair) => pair.join(': ')).join('\n')}\n\n${body}`;
}
