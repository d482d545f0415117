import { appendFileSync } from 'node:fs';

/** The variable with the file in which a whole run records its secrets; `leak-check.ts` sets it. */
export const secretsFile = 'TEST_SECRETS_FILE';

/** How many characters at its end identify a secret: enough to be unique. */
const LENGTH = 20;
/** Characters that occur in the forms of secrets but not in most other text, which need not be searched closely. */
const CANDIDATE = /[\w+/.~%=-]{20,}/g;

/** Secrets, which are searched for in one pass, however many there are. */
export class SecretSearch {
  readonly #labels = new Map<string, string>();

  add(label: string, value: string): void {
    for (const form of formsOf(value)) {
      const end = form.slice(-LENGTH);
      if (end.match(CANDIDATE)?.[0] !== end)
        throw new Error(`The secret called ${label} cannot be distinguished from other text.`);
      this.#labels.set(end, label);
    }
  }

  /** The labels of those that occur in a text. */
  find(text: string): string[] {
    const found = new Set<string>();
    for (const [candidate] of text.matchAll(CANDIDATE)) {
      for (let at = LENGTH; at <= candidate.length; at += 1) {
        const label = this.#labels.get(candidate.slice(at - LENGTH, at));
        if (label !== undefined) found.add(label);
      }
    }
    return [...found];
  }
}

/** Plain, percent-encoded, and in base64, also after a prefix: a user name, or `Bearer`. */
function formsOf(value: string): string[] {
  const percent = encodeURIComponent(value);
  const lower = percent.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase());
  const base64 = [0, 1, 2].map((before) => base64Of(value, before));
  const base64url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [value, percent, lower, ...base64, ...base64url];
}

/** The common part of the base64 of all texts that end with the value, whatever the bytes before it. */
function base64Of(value: string, before: number): string {
  const bytes = Buffer.from(value, 'utf8');
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  return whole.subarray(0, whole.length - (whole.length % 3)).toString('base64');
}

const known = new SecretSearch();

/**
 * Makes a secret that must not be visible anywhere: in the output of this process, of those that it starts, or in the
 * run's report.
 */
export function secret(label: string): string {
  return register(label, `${label.replace(/\W+/g, '-')}-${crypto.randomUUID()}`);
}

/** Does the same for a value from elsewhere, and returns it. */
export function register(label: string, value: string): string {
  known.add(label, value);
  const file = process.env[secretsFile];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify([label, value])}\n`);
  return value;
}

/** @throws Error that names the secrets in a text, without their values. */
export function assertNoSecrets(what: string, text: string, search = known): void {
  const labels = search.find(text);
  if (labels.length > 0) throw new Error(`${what} shows secrets: ${labels.sort().join(', ')}`);
}
