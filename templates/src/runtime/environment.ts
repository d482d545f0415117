import { readFileSync } from 'node:fs';

/** Variables as `process.env` holds them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What every item of a list must be. */
export interface ItemRule {
  /** What is wrong with an item, or undefined. */
  readonly fault: (item: string) => string | undefined;
  readonly example: string;
}

/** The settings are wrong or incomplete; the message is one line a variable, ready to print. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads typed values out of environment variables and collects what is wrong with them, so that a start
 * fails once, with every variable to mend in one message. An empty variable counts as one that is not set.
 */
export class Environment {
  readonly #values: Variables;
  readonly #problems = new Set<string>();

  constructor(values: Variables) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** The value, or a problem and an empty text. */
  required(name: string, purpose: string, example: string): string {
    const text = this.text(name);
    if (text === undefined) this.problem(name, purpose, example);
    return text ?? '';
  }

  /** Items separated by spaces or commas. */
  list(
    name: string,
    rule: ItemRule = { fault: () => undefined, example: 'a b' },
  ): string[] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const items = text.split(/[\s,]+/).filter((item) => item !== '');
    const fault =
      items.length === 0 ? 'must name at least one' : items.map(rule.fault).find(Boolean);
    if (fault !== undefined) this.problem(name, fault, rule.example);
    return items;
  }

  /** The content of the file that a variable names. */
  file(name: string, example: string): string | undefined {
    const path = this.text(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      this.problem(name, `must name a file that can be read (${code})`, example);
      return undefined;
    }
  }

  integer(name: string, fallback: number, range: { min: number; max: number }): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= range.min && value <= range.max) return value;
    this.problem(
      name,
      `must be a whole number from ${range.min} to ${range.max}`,
      String(fallback),
    );
    return fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    const text = this.text(name);
    if (text === undefined) return fallback;
    if (text === 'true' || text === 'false') return text === 'true';
    this.problem(name, 'must be true or false', String(!fallback));
    return fallback;
  }

  oneOf<const T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const text = this.text(name);
    const found = allowed.find((item) => item === text);
    if (text !== undefined && found === undefined) {
      this.problem(name, `must be one of ${allowed.join(', ')}`, allowed[0] ?? '');
    }
    return found;
  }

  /** Records that a variable must change; `message` says what it is for or what is wrong with it. */
  problem(name: string, message: string, example: string): void {
    this.#problems.add(`${name} ${message}, for example ${name}=${example}`);
  }

  /** Call after the last read. Values are never part of the message: a secret may sit in the wrong variable. */
  throwProblems(): void {
    if (this.#problems.size > 0) throw new SettingsError([...this.#problems].join('\n'));
  }
}
