import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A scenario of the suite, or a single check of one, that a generated server cannot satisfy. */
export interface Expectation {
  readonly scenario: string;
  /** Absent: all checks of the scenario, but for the one of the messages' form. */
  readonly check?: string;
  readonly reason: string;
}

/** The file that belongs to a requirement set; the suite reads it too, as `--expected-failures`. */
export function expectationsFile(revision: string): string {
  return fileURLToPath(new URL(`expected-failures.${revision}.yml`, import.meta.url));
}

export function readExpectations(revision: string): Expectation[] {
  return parseExpectations(readFileSync(expectationsFile(revision), 'utf8'));
}

/**
 * Reads the entries of `server:`, each with the comment above it as its reason, or with that of the entry right above;
 * an empty line ends a group. Less than YAML on purpose: whatever is not a comment or an entry is an error, and so is
 * an entry without a reason.
 */
export function parseExpectations(text: string): Expectation[] {
  const [head = '', ...lines] = text.split('\n').slice(text.split('\n').indexOf('server:'));
  if (head !== 'server:') throw new Error('Expected failures start with a line `server:`.');
  const found: Expectation[] = [];
  let reason: string[] = [];
  let previous: 'comment' | 'entry' | 'blank' = 'blank';
  for (const line of lines) {
    const comment = /^ {2}# (.+)$/.exec(line)?.[1];
    const [, scenario, check] = /^ {2}- ([^\s:]+)(?::(\S+))?$/.exec(line) ?? [];
    if (comment !== undefined) {
      reason = previous === 'comment' ? [...reason, comment] : [comment];
      previous = 'comment';
    } else if (scenario !== undefined) {
      if (reason.length === 0) throw new Error(`${scenario}: say in a comment above why it fails.`);
      found.push({ scenario, ...(check !== undefined && { check }), reason: reason.join(' ') });
      previous = 'entry';
    } else if (line === '') {
      reason = [];
      previous = 'blank';
    } else throw new Error(`Neither a comment nor an entry: ${line}`);
  }
  return found;
}
