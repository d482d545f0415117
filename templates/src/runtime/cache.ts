/** Milliseconds since the epoch, or since any fixed moment in tests. */
export type Clock = () => number;

/**
 * Values by key, each until its own moment, and at most `max` of them. Written here because a reviewer of a generated
 * project should not have to trust one more package for forty lines.
 */
export class Cache<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();
  readonly #pending = new Map<string, Promise<T>>();
  readonly #max: number;
  readonly #now: Clock;

  constructor({ max, now = Date.now }: { readonly max: number; readonly now?: Clock }) {
    this.#max = max;
    this.#now = now;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.until > this.#now()) return entry?.value;
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

  /** The load of a key under way, or a new one. It runs once however many wait, and stores what it wants to keep itself. */
  load(key: string, load: () => Promise<T>): Promise<T> {
    const started = this.#pending.get(key) ?? load().finally(() => this.#pending.delete(key));
    this.#pending.set(key, started);
    return started;
  }
}
