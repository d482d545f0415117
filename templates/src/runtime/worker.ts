import { announce } from './announce.js';
import { createAnswer, type AnswerOptions } from './answer.js';
import type { Audit, AuditStream } from './audit.js';
import { SettingsError, type Variables } from './environment.js';
import { refuse, type Answer, type HttpRequest, type HttpResponse } from './http.js';

/** The object that Cloudflare calls, with a method for each kind of event. */
export interface Worker {
  fetch(request: Request, bindings: object, context: Context): Promise<Response>;
}

interface Context {
  /** Lets work continue after its response was sent, or its client has gone. */
  waitUntil(work: Promise<unknown>): void;
}

type ResponseBody = ConstructorParameters<typeof Response>[0];

/** The log of a Worker: each line is an entry. */
export const log: AuditStream & { write(line: string): void } = {
  write: (line) => console.error(line.trimEnd()),
  on: () => undefined,
};

/**
 * Serves requests as a Cloudflare Worker. An isolate starts with its first request, since variables, time and
 * randomness are not available before; wrong settings are logged once, and every request gets a 500.
 */
export function serveWorker(audit: Audit, start: (env: Variables) => AnswerOptions): Worker {
  let answer: Answer | undefined;
  return {
    async fetch(request, bindings, context) {
      answer ??= begin(audit, () => start(variablesOf(bindings)));
      const answering = answer(new WorkerRequest(request));
      // Others may wait for work that this request started: it continues if the client disconnects.
      context.waitUntil(answering);
      return toResponse(await answering);
    },
  };
}

function begin(audit: Audit, start: () => AnswerOptions): Answer {
  try {
    const options = start();
    const answer = createAnswer(options);
    log.write(`${announce(options.api, options.settings, {})}${PER_ISOLATE}`);
    return answer;
  } catch (error) {
    const isKnown = error instanceof SettingsError;
    const problems = isKnown ? error.message.split('\n') : [String(error)];
    audit('misconfigured', { problems });
    return () => Promise.resolve(refuse(500, 'misconfigured', MISCONFIGURED));
  }
}

const PER_ISOLATE = '  isolate    each has its own limits, keys and tokens';
const MISCONFIGURED = 'This server cannot start: its log names the variables to change.';

/** Strings unchanged, and other values of `vars` as JSON. Service bindings are not variables. */
function variablesOf(bindings: object): Variables {
  const entries = Object.entries(bindings).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'string') return [[name, value] as const];
    return isPlain(value) ? [[name, JSON.stringify(value)] as const] : [];
  });
  return Object.fromEntries(entries);
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' || typeof value === 'boolean';
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** The adapter between the platform's requests and plain values. */
class WorkerRequest implements HttpRequest {
  readonly id = crypto.randomUUID();
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly string[];
  readonly address: string;
  readonly signal: AbortSignal;
  readonly #request: Request;

  constructor(request: Request) {
    // Not with the URL parser, which would normalize other spellings of a path to this one.
    const [, path = '', query = ''] =
      /^[^:/]+:\/\/[^/?#]*([^?#]*)\??([^#]*)/.exec(request.url) ?? [];
    this.method = request.method;
    this.path = path;
    this.query = query;
    this.headers = [...request.headers].flat();
    // Cloudflare sets it, whatever the client sent.
    this.address = request.headers.get('cf-connecting-ip') ?? '';
    this.signal = request.signal;
    this.#request = request;
  }

  async body(maxBytes: number): Promise<Uint8Array | undefined> {
    const { body, headers } = this.#request;
    if (Number(headers.get('content-length') ?? 0) > maxBytes) return undefined;
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Leaving the loop cancels the rest.
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > maxBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}

function toResponse({ status, headers, body, cookies = [] }: HttpResponse): Response {
  const response = new Response(body as ResponseBody, { status, headers });
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  return response;
}
