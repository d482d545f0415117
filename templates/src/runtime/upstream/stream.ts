import { essence, isJsonLines } from '../media.js';
import type { SendOptions } from '../outgoing.js';

/** How long to wait for a response that does not end. */
interface Patience {
  /** Milliseconds since any fixed moment: the deadline of the call. */
  readonly deadline: number;
  /** Called with each event of a stream, and not more than a few hundred times. */
  readonly onEvent: ((text: string) => void) | undefined;
}

type Watch = NonNullable<SendOptions['watch']>;
type Finish = Parameters<Watch>[1];

/** How long before the timeout of a call the received part is used. */
const EARLY_MS = 50;
/** Time to wait after the last event of a stream. */
const QUIET_MS = 5000;
/** Time to wait after the last part of any other response without a length: it may be slow rather than endless. */
const SLOW_MS = 10_000;
const MAX_EVENTS = 300;

/** A series of events, which may never end (WHATWG HTML, Server-sent events; RFC 7464; JSON lines). */
function isStream(type: string): boolean {
  const named = /^text\/event-stream$|\/x-mixed-replace$|\/(x-)?(json-)?stream(\+json)?$/;
  return isJsonLines(type) || named.test(type);
}

/** Ends a response without a length: some time after its last event, and when the time is used up. */
export function createWatch(patience: Patience): Watch {
  return (headers, finish) => new Watcher(headers, patience, finish);
}

class Watcher {
  readonly #patience: Patience;
  readonly #finish: Finish;
  readonly #type: string;
  readonly #isStream: boolean;
  /** A length guarantees an end. */
  readonly #isEndless: boolean;
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  readonly #last: NodeJS.Timeout;
  /** Milliseconds that the call had left when the response began. */
  readonly #left: number;
  #quiet: NodeJS.Timeout | undefined;
  #hasCome = false;
  #isOver = false;
  #rest = '';
  #data: string[] = [];
  #events = 0;

  constructor(
    { 'content-type': type = '', 'content-length': length }: Readonly<Record<string, string>>,
    patience: Patience,
    finish: Finish,
  ) {
    this.#patience = patience;
    this.#finish = finish;
    this.#type = essence(type);
    this.#isStream = isStream(this.#type);
    this.#isEndless = length === undefined;
    const expire = (): void => {
      if (this.#hasCome || this.#isStream) finish(true);
    };
    this.#left = patience.deadline - performance.now() - EARLY_MS;
    this.#last = setTimeout(expire, this.#left);
  }

  /** Each event is whole. Half a document is none, and the call should count as failed. */
  get isUsable(): boolean {
    return this.#isStream && this.#hasCome;
  }

  took(chunk: Uint8Array): void {
    this.#hasCome = true;
    if (!this.#isEndless || this.#isOver) return;
    this.#decoder ??= new TextDecoder();
    const text = this.#decoder.decode(chunk, { stream: true });
    this.#wait(text);
    if (!this.#isStream && !this.#type.startsWith('text/')) return;
    // A long line that arrives in small parts is not read again with each of them.
    if (!/[\r\n]/.test(text)) return void (this.#rest += text);
    // The second half of a line end may still come.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#read(line);
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#last);
    clearTimeout(this.#quiet);
  }

  #wait(text: string): void {
    // Blank lines, and comments in event streams, only keep the connection open.
    const isNews = this.#type === 'text/event-stream' ? /^[^:\s]/m : /\S/;
    if (!isNews.test(text)) return;
    const isWhole = this.#isStream || text.endsWith('\n');
    const ms = isWhole ? Math.min(QUIET_MS, this.#left / 3) : Math.min(SLOW_MS, this.#left / 2);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(this.#finish, ms, true);
  }

  #read(line: string): void {
    const isDone = /^data:\s*\[DONE\]\s*$/.test(line);
    if (isDone) this.#finish(false);
    if (isDone || !this.#isStream || this.#patience.onEvent === undefined) return;
    if (this.#type !== 'text/event-stream') this.#emit(line.replace('\x1e', ''));
    else if (line.startsWith('data:'))
      this.#data.push(line.slice('data:'.length).replace(/^ /, ''));
    else if (line === '') this.#emit(this.#data.splice(0).join('\n'));
  }

  #emit(event: string): void {
    if (event.trim() === '' || this.#events >= MAX_EVENTS) return;
    this.#events += 1;
    this.#patience.onEvent?.(event);
  }
}
