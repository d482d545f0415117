/** Milliseconds since the epoch, or since any fixed moment in tests. */
export type Clock = () => number;

export interface CacheOptions {
  /** Entries kept; beyond it the oldest is dropped. */
  readonly max: number;
  readonly now?: Clock;
}

interface Entry<T> {
  readonly value: T;
  readonly until: number;
}

/**
 * Values by key, each until a moment of its own, in a bounded number. Written here because a reviewer of a generated
 * project should not have to trust one more package for forty lines.
 */
export class Cache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #pending = new Map<string, Promise<T>>();
  readonly #max: number;
  readonly #now: Clock;

  constructor({ max, now = Date.now }: CacheOptions) {
    this.#max = max;
    this.#now = now;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > this.#now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Keeps a value until a moment, and forgets the oldest one when there are too many. */
  set(key: string, value: T, until: number): void {
    this.#entries.delete(key);
    const [oldest] = this.#entries.size >= this.#max ? this.#entries.keys() : [];
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { value, until });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Forgets every entry whose value matches. */
  deleteWhere(matches: (value: T) => boolean): void {
    for (const [key, { value }] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Keys that are being loaded at the moment. */
  get loading(): number {
    return this.#pending.size;
  }

  /** The load of a key under way, or a new one. It runs once however many wait, and stores what it wants to keep itself. */
  load(key: string, load: () => Promise<T>): Promise<T> {
    const waiting = this.#pending.get(key);
    if (waiting !== undefined) return waiting;
    const started = load().finally(() => this.#pending.delete(key));
    this.#pending.set(key, started);
    return started;
  }
}
