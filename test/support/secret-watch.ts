import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/** The secrets, and the visible output, which must not contain any of them. */
export interface SecretWatch {
  /** Remembers a secret and returns it. Of a private key, every line is a secret. */
  hide(secret: string): string;
  /** Remembers a visible text (a result, a line of a log) and returns it. */
  see<T>(shown: T): T;
  /** Beginnings of the secrets that were visible, each with the surrounding text. */
  leaks(): string[];
}

/** A short one would be found by accident. */
const SHORTEST = 10;

export function createSecretWatch(): SecretWatch {
  const secrets = new Set<string>();
  const seen: string[] = [];
  return {
    hide(secret) {
      const parts = secret.includes('PRIVATE KEY') ? keyLines(secret) : [secret];
      if (parts.length === 0 || parts.some((part) => part.length < SHORTEST))
        throw new Error('Too short to be watched');
      for (const part of parts) secrets.add(part);
      return secret;
    },
    see(shown) {
      seen.push(...stringsOf(shown));
      return shown;
    },
    leaks: () => {
      const text = seen.join('\n');
      return [...secrets].flatMap((secret) =>
        [...formsOf(secret)]
          .filter((form) => text.includes(form))
          .map((form) => `${form.slice(0, 12)}… in ${around(text, form)}`),
      );
    },
  };
}

/** Watches a test file: after each of its tests, the output of this process is checked. */
export function watchSecrets(): SecretWatch {
  const watch = createSecretWatch();
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write.bind(stream));
  let count = 0;
  const see: SecretWatch['see'] = (shown) => {
    count += 1;
    return watch.see(shown);
  };
  beforeAll(() => {
    for (const [index, stream] of streams.entries()) {
      stream.write = (chunk: string | Uint8Array, ...rest: []) => {
        watch.see(String(chunk));
        return writes[index]?.(chunk, ...rest) ?? true;
      };
    }
  });
  // A leak is the fault of one test, not of all later ones.
  const known = new Set<string>();
  afterEach(() => {
    const leaks = watch.leaks().filter((leak) => !known.has(leak));
    for (const leak of leaks) known.add(leak);
    expect(leaks).toEqual([]);
  });
  afterAll(() => {
    for (const [index, stream] of streams.entries())
      Object.assign(stream, { write: writes[index] });
    expect(count, 'a watch that saw nothing').toBeGreaterThan(0);
  });
  return { ...watch, see };
}

function keyLines(pem: string): string[] {
  return pem.split('\n').filter((line) => /^[A-Za-z0-9+/]{40,}=*$/.test(line));
}

/** All strings of a value, and those of the JSON in them: escaped texts are checked unescaped. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...stringsOf(parsed(value))];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  if (value instanceof Error) return stringsOf([value.message, value.stack]);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [name, ...stringsOf(item)]);
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Written independently here and not taken from the runtime, which could miss the same ones. */
function formsOf(secret: string): Set<string> {
  const percent = encodeURIComponent(secret);
  const all = secret.replace(/[^\w.~-]/gu, percentOf);
  const form = new URLSearchParams({ '': secret }).toString().slice(1);
  const texts = [
    secret,
    percent,
    percent.toLowerCase(),
    all,
    form,
    JSON.stringify(secret).slice(1, -1),
  ];
  const base64 = [secret, percent, form].flatMap(base64Within);
  return new Set([...texts, ...base64, ...base64.map(encodeURIComponent), ...signatureOf(secret)]);
}

function percentOf(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/** A secret inside a longer text in base64: its offset makes three cases. */
function base64Within(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.from('x'.repeat(before) + secret).toString('base64');
    // The first and the last characters also encode the neighbours.
    const whole = encoded.slice(before === 0 ? 0 : before + 1).replace(/.=+$/, '');
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** The signature of a JWT makes it valid, and is a secret by itself. */
function signatureOf(secret: string): string[] {
  const [, signature] = /^[\w-]+\.[\w-]+\.([\w-]{40,})$/.exec(secret) ?? [];
  return signature === undefined ? [] : [signature];
}

function around(text: string, form: string): string {
  const at = text.indexOf(form);
  return JSON.stringify(text.slice(Math.max(0, at - 60), at + 12));
}
