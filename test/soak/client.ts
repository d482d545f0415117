import { chance, kindOf, makeCall, retries, type Call, type Kind } from './calls.js';
import { faultOf, newMarker, type Outcome } from './outcome.js';
import type { Provider, Strangers } from './provider.js';
import type { Speaker } from './speaker.js';
import type { EchoApi } from './upstream.js';
import { validityOf, type Wallet } from './wallet.js';

/** The outcome of a call, for the tables. */
export interface Finding {
  readonly kind: Kind | 'token expired';
  readonly marker: string;
  readonly milliseconds: number;
  /** How often the API must have been called. */
  readonly reaches: number;
  /** Absent: the result was correct. */
  readonly fault?: string;
}

export interface ClientOptions {
  readonly name: string;
  readonly speaker: Speaker;
  readonly wallet: Wallet;
  readonly writes: boolean;
  /** Whether it can disconnect in the middle of a call. */
  readonly leaves: boolean;
  readonly api: EchoApi;
  readonly provider: Provider;
}

/** Milliseconds after which an abandoned request must have been cancelled; the server's timeout is longer. */
const GIVE_UP = 2500;

/** One of the many clients: a subject with a token and a protocol, which makes one call after another. */
export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  async perform(number: number): Promise<Finding> {
    const { name, writes, provider, wallet } = this.#options;
    const strangers = provider.strangers;
    const kind = this.#possible(kindOf(number), strangers !== undefined);
    const call = makeCall(kind, newMarker(name, number), number, writes);
    const pass = await wallet.pass();
    const stranger = kind === 'unknown key';
    if (stranger) provider.strangersOut += 1;
    const token = stranger ? await provider.signAsStranger() : pass.token;
    const sentAt = Date.now();
    const started = performance.now();
    const { outcome, late } = await this.#say(call, token);
    const milliseconds = performance.now() - started;
    if (stranger) provider.strangersOut -= 1;
    const validity = validityOf(pass, sentAt, Date.now());
    const refused = outcome.kind === 'refused' && outcome.status === 401;
    const expired = !stranger && (validity === 'expired' || (validity === 'either' && refused));
    if (expired) wallet.drop();
    const statuses = expired ? [401] : statusesOf(kind, strangers);
    const reaches = statuses === undefined && call.tool !== undefined && kind !== 'bad arguments';
    const fault = late ?? faultOf(call, outcome, statuses);
    return {
      kind: expired ? 'token expired' : kind,
      marker: call.marker,
      milliseconds,
      reaches: reaches ? askedFor(call) : 0,
      ...(fault !== undefined && { fault: `${name}, ${kind}: ${fault}: ${shown(outcome)}` }),
    };
  }

  close(): Promise<void> {
    return this.#options.speaker.close();
  }

  /** The kind of call that this client and this phase allow. */
  #possible(kind: Kind, certain: boolean): Kind {
    const { writes, leaves } = this.#options;
    if (kind === 'write' && !writes) return 'read';
    if (kind === 'scope missing' && writes) return 'write';
    if (kind === 'client disconnects' && !leaves) return 'late';
    return kind === 'unknown key' && !certain ? 'read' : kind;
  }

  async #say(call: Call, token: string): Promise<{ outcome: Outcome; late?: string }> {
    const { speaker, api } = this.#options;
    if (call.kind !== 'client disconnects') return { outcome: await speaker.say(call, token) };
    const leave = new AbortController();
    const answer = speaker.say(call, token, leave.signal);
    const gone = api.givenUp(call.marker);
    // A call with an expired token gets a response, and the API gets no request.
    await Promise.race([api.arrived(call.marker), answer]);
    leave.abort();
    const outcome = await answer;
    if (outcome.kind !== 'left') return { outcome };
    const left = performance.now();
    await gone;
    const waited = performance.now() - left;
    return waited <= GIVE_UP
      ? { outcome }
      : { outcome, late: `the API was kept waiting for ${waited.toFixed(0)} ms` };
  }
}

function statusesOf(kind: Kind, strangers: Strangers): Strangers {
  if (kind === 'scope missing') return [403];
  return kind === 'unknown key' ? strangers : undefined;
}

function shown(outcome: Outcome): string {
  return JSON.stringify(outcome).slice(0, 300);
}

/** Whether a client of an index may write. */
export function mayWrite(index: number): boolean {
  return chance(index + 1_000_000) < 0.7;
}

/** RFC 9110 section 9.2.2: a GET with the response 503 is retried, UPSTREAM_RETRIES times. */
function askedFor({ kind, tool }: Call): number {
  return kind === 'upstream 503' && tool === 'read_echo' ? 1 + retries : 1;
}
