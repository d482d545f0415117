const MAX_NAME = 64;
const NEAREST = 3;

/** The three names most similar to one that does not exist, whatever the order of its words. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const wanted = pairsOf(name);
  const rated = known.map((other) => ({ other, likeness: likeness(wanted, pairsOf(other)) }));
  rated.sort((a, b) => b.likeness - a.likeness || (a.other < b.other ? -1 : 1));
  return rated.slice(0, NEAREST).map(({ other }) => other);
}

/** Pairs of adjacent letters, without word separators. */
function pairsOf(name: string): ReadonlySet<string> {
  const letters = name
    .slice(0, MAX_NAME)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const pairs = new Set<string>();
  for (let at = 0; at + 1 < letters.length; at += 1) pairs.add(letters.slice(at, at + 2));
  return pairs;
}

/** From 0 to 1: the share of pairs that both have (Dice's coefficient). */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let both = 0;
  for (const pair of one) if (other.has(pair)) both += 1;
  return one.size + other.size === 0 ? 0 : (2 * both) / (one.size + other.size);
}
