import { chance, kindOf, makeCall, retries, type Call, type Kind } from './calls.js';
import { faultOf, newMarker, type Outcome } from './outcome.js';
import type { Provider } from './provider.js';
import type { Speaker } from './speaker.js';
import type { EchoApi } from './upstream.js';
import { validityOf, type Wallet } from './wallet.js';

/** What came of a call, for the tables. */
export interface Finding {
  readonly kind: Kind | 'token expired';
  readonly marker: string;
  readonly milliseconds: number;
  /** Times that the API must have been asked. */
  readonly reaches: number;
  /** Absent: the right thing came back. */
  readonly fault?: string;
}

export interface ClientOptions {
  readonly name: string;
  readonly speaker: Speaker;
  readonly wallet: Wallet;
  readonly writes: boolean;
  /** Whether it can hang up in the middle of a call. */
  readonly leaves: boolean;
  readonly api: EchoApi;
  readonly provider: Provider;
}

/** Milliseconds after which a request that nobody waits for must have been given up; the server's timeout is longer. */
const GIVE_UP = 2500;

/** One of the many: a subject with a token and a way of speaking, that makes one call after the other. */
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
    const status = expired ? 401 : statusOf(kind, strangers);
    const reaches = status === undefined && call.tool !== undefined && kind !== 'bad arguments';
    const fault = late ?? faultOf(call, outcome, status);
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

  /** What this client, and this moment, allow. */
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
    // A token that has expired gets an answer, and the API nothing.
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

function statusOf(kind: Kind, strangers: Provider['strangers']): number | undefined {
  if (kind === 'scope missing') return 403;
  return kind === 'unknown key' ? strangers : undefined;
}

function shown(outcome: Outcome): string {
  return JSON.stringify(outcome).slice(0, 300);
}

/** Whether a client of an index may write. */
export function mayWrite(index: number): boolean {
  return chance(index + 1_000_000) < 0.7;
}

/** RFC 9110 section 9.2.2: a GET that is answered 503 is tried again, as often as UPSTREAM_RETRIES says. */
function askedFor({ kind, tool }: Call): number {
  return kind === 'upstream 503' && tool === 'read_echo' ? 1 + retries : 1;
}
