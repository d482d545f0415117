/** What belongs together in two lists, and what in either of them has no counterpart. */
export interface Matched<T> {
  readonly pairs: readonly (readonly [T, T])[];
  readonly removed: readonly T[];
  readonly added: readonly T[];
}

/** Pairs up two lists: by the first of the tests as far as it goes, what is left by the second, and so on. */
export function match<T>(
  before: readonly T[],
  after: readonly T[],
  tests: readonly ((a: T, b: T) => boolean)[],
): Matched<T> {
  let [removed, added] = [before, after];
  const pairs: (readonly [T, T])[] = [];
  for (const test of tests) {
    for (const a of removed) {
      const b = added.find((candidate) => test(a, candidate));
      if (b === undefined) continue;
      pairs.push([a, b]);
      added = added.filter((other) => other !== b);
    }
    const found = new Set(pairs.map(([a]) => a));
    removed = removed.filter((a) => !found.has(a));
  }
  return { pairs, removed, added };
}
