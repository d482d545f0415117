/** Pairs of two lists, and the items of either list without a counterpart. */
export interface Matched<T> {
  readonly pairs: readonly (readonly [T, T])[];
  readonly removed: readonly T[];
  readonly added: readonly T[];
}

/** Pairs up two lists: as far as possible with the first test, then the rest with the second, and so on. */
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
