import { inspect, isDeepStrictEqual } from 'node:util';
import * as print from './print.js';

/** A step had an unexpected result: the demo stops there. */
export class Deviation extends Error {
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.step = step;
  }
}

/** Runs one step, and prints the line that it returns. */
export async function step(
  name: string,
  plan: string,
  action: () => string | Promise<string>,
): Promise<void> {
  print.pending(name, plan);
  try {
    print.done(name, await action());
  } catch (error) {
    throw new Deviation(name, error);
  }
}

/** Stops the demo unless the observed value is the expected one. */
export function check(what: string, observed: unknown, expected: unknown): void {
  if (isDeepStrictEqual(observed, expected)) return;
  const [seen, wanted] = [observed, expected].map((value) => inspect(value));
  throw new Error(`${what}: unexpected value\nexpected: ${wanted ?? ''}\nobserved: ${seen ?? ''}`);
}

/** Returns a value that must be present. */
export function present<T>(what: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}
