import type { StaticIssuer } from '../support/tokens.js';
import type { Attempt, Stage } from './stage.js';
import type { Meaning } from './target.js';
import type { WireAnswer } from './wire.js';

/** The expected response. */
export interface Expectation {
  readonly status: number | readonly number[];
  /** `none`: no `WWW-Authenticate` at all. Otherwise its parameters; null for one that must be absent. */
  readonly challenge?: 'none' | Readonly<Record<string, string | null>>;
  /** By lower-case name; null for a header that must be absent. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>;
  readonly body?: RegExp;
  /** Requests that reach the API; default 0. */
  readonly upstream?: number;
  /** The expected log lines. */
  readonly log?: RegExp;
}

/** Something that is tried. */
export interface Case {
  readonly name: string;
  /** The page that requires this behaviour. */
  readonly source: string;
  /** Variables; a case with some gets a separate server. */
  readonly env?: Environment;
  /** Gets a separate server, because it changes the state of it. */
  readonly fresh?: boolean;
  /** Throws a Deviation when something else happens. */
  readonly run: (stage: Stage) => Promise<void>;
}

export type Environment = (
  issuer: StaticIssuer,
  meaning: Meaning,
  tenant: StaticIssuer,
) => Readonly<Record<string, string>>;

/** Cases about one subject. */
export interface Group {
  readonly name: string;
  readonly env?: Environment;
  /** They need the operations of api.yaml, or the variables of a generated server. */
  readonly ownServer?: boolean;
  readonly cases: readonly Case[];
}

/** The server deviated from the expectation. */
class Deviation extends Error {
  override readonly name = 'Deviation';
}

type Options = Pick<Case, 'env' | 'fresh'>;

/** A case of one request. */
export function attempt(
  name: string,
  source: string,
  request: (stage: Stage) => Attempt | Promise<Attempt>,
  expected: Expectation,
  options: Options = {},
): Case {
  const run = async (stage: Stage) => {
    await expectAnswer(stage, await request(stage), expected);
  };
  return { name, source, run, ...options };
}

/** A case of several requests. */
export function scenario(
  name: string,
  source: string,
  run: Case['run'],
  options: Options = {},
): Case {
  return { name, source, run, ...options };
}

/** Sends a request and checks the answer, and how many requests reached the API. */
export async function expectAnswer(
  stage: Stage,
  request: Attempt,
  expected: Expectation,
): Promise<WireAnswer> {
  const { received } = stage.around.upstream;
  const before = received.length;
  const logged = stage.log().length;
  const answer = await stage.send(request);
  checkAnswer(answer, expected);
  const reached = received.length - before;
  const wanted = expected.upstream ?? 0;
  ensure(reached === wanted, `${reached} requests reached the API, not ${wanted}`);
  if (expected.log !== undefined) await logSays(stage, logged, expected.log);
  return answer;
}

async function logSays(stage: Stage, from: number, pattern: RegExp): Promise<void> {
  for (let patience = 800; patience > 0; patience -= 1) {
    if (pattern.test(stage.log().slice(from))) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Deviation(`the log lacks ${String(pattern)}: ${stage.log().slice(from)}`);
}

/** Throws a Deviation unless the answer is as expected. */
export function checkAnswer(answer: WireAnswer, expected: Expectation): void {
  const { status, headers, body } = answer;
  ensure(
    [expected.status].flat().includes(status),
    `the status is ${status}: ${body.slice(0, 300)}`,
  );
  const challenges = headers.get('www-authenticate') ?? [];
  if (expected.challenge === 'none')
    ensure(challenges.length === 0, `there is a challenge: ${challenges.join()}`);
  else if (expected.challenge !== undefined) {
    ensure(challenges.length === 1, `there are ${challenges.length} challenges, not one`);
    const parameters = parametersOf(challenges[0] ?? '');
    for (const [name, value] of Object.entries(expected.challenge))
      ensure((parameters[name] ?? null) === value, `${name} is ${parameters[name]}, not ${value}`);
  }
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const found = headers.get(name)?.join(', ');
    const fits = value instanceof RegExp ? value.test(found ?? '') : (found ?? null) === value;
    ensure(fits, `${name} is ${found}, not ${String(value)}`);
  }
  if (expected.body !== undefined)
    ensure(
      expected.body.test(body),
      `the body lacks ${String(expected.body)}: ${body.slice(0, 300)}`,
    );
}

/** The parameters of a Bearer challenge. @throws Deviation unless it is a single, well-formed one (RFC 9110 §11.6.1). */
function parametersOf(challenge: string): Record<string, string> {
  const pair = String.raw`[a-z_]+="(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"`;
  const whole = new RegExp(`^Bearer ${pair}(?:, ${pair})*$`);
  ensure(whole.test(challenge), `this is not a well-formed challenge: ${challenge}`);
  const pairs = [...challenge.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)];
  const names = pairs.map(([, name]) => name);
  ensure(new Set(names).size === names.length, `a parameter is there twice: ${challenge}`);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}

export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Deviation(message);
}

/** The invariants after every case. */
export function checkInvariants(stage: Stage): void {
  const { evil } = stage.around;
  const [visit] = evil.received.splice(0);
  ensure(visit === undefined, `the evil host was asked for ${visit?.target}`);
  const log = stage.log();
  const secrets = [stage.meaning.apiKey, ...stage.tokens.filter((token) => token.length > 20)];
  ensure(!secrets.some((secret) => log.includes(secret)), 'a secret is in the log');
  ensure(stage.child.child.exitCode === null, `the server ended:\n${log.slice(-1000)}`);
}
