import { Client } from 'undici';
import type { OutgoingRequest } from './messages.js';

/** How a run of calls went. */
export interface Driven {
  readonly seconds: number;
  /** Milliseconds of each call, as the caller sees them. */
  readonly latencies: readonly number[];
}

export interface DriveOptions {
  /** Writes the request of the call with an index. */
  readonly write: (index: number) => OutgoingRequest;
  /** What every right answer contains. */
  readonly expected: string;
}

/** A caller with some connections to one server, each of which makes one call after the other. */
export class Crowd {
  readonly #clients: readonly Client[];
  readonly #path: string;

  constructor(url: string, connections: number) {
    const { origin, pathname } = new URL(url);
    this.#clients = Array.from({ length: connections }, () => new Client(origin));
    this.#path = pathname;
  }

  /** Makes a call on each connection, so that what follows does not pay for opening them. */
  async open(options: DriveOptions): Promise<void> {
    await Promise.all(this.#clients.map((client) => this.#call(client, 0, options)));
  }

  /** Makes this number of calls in total. Rejects at the first wrong response. */
  async run(calls: number, options: DriveOptions): Promise<Driven> {
    const latencies: number[] = [];
    let next = 0;
    const began = performance.now();
    const work = this.#clients.map(async (client) => {
      for (let index = next++; index < calls; index = next++) {
        const sent = performance.now();
        await this.#call(client, index, options);
        latencies.push(performance.now() - sent);
      }
    });
    await Promise.all(work);
    return { seconds: (performance.now() - began) / 1000, latencies };
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.destroy()));
  }

  async #call(client: Client, index: number, { write, expected }: DriveOptions): Promise<void> {
    const request = { ...write(index), method: 'POST', path: this.#path } as const;
    const { statusCode, body } = await client.request(request).catch((error: unknown) => {
      if (!wasClosed(error)) throw error;
      process.stderr.write(`call ${index} is made again: its connection was closed\n`);
      return client.request(request);
    });
    const text = await body.text();
    // A refusal is answered sooner than a call, so a single one would spoil the figures.
    if (statusCode !== 200 || !text.includes(expected) || text.includes('"isError":true'))
      throw new Error(`Call ${index} was answered ${statusCode}: ${text.slice(0, 500)}`);
  }
}

/**
 * A server closes connections that are idle for five seconds, and on a machine that is busy enough a call can come just
 * then. Clients make such a call again (RFC 9112 section 9.3.1).
 */
function wasClosed(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'UND_ERR_SOCKET';
}
