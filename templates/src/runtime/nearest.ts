import { byCodeUnit } from './api.js';

/** The most likely intended name: the same one in another notation, or one that is at most `most` typos away. */
export function nearest(
  name: string,
  known: readonly string[],
  most = Infinity,
): string | undefined {
  const wanted = plain(name);
  if (wanted === '') return undefined;
  const few = wanted.length < 3 ? 0 : wanted.length < 6 ? 1 : Math.floor(wanted.length / 3);
  const allowed = Math.min(few, most);
  const rated = known
    .map((other) => ({ other, letters: plain(other) }))
    .filter(({ letters }) => Math.abs(letters.length - wanted.length) <= allowed)
    .map(({ other, letters }) => ({ other, typos: typosBetween(wanted, letters) }))
    .filter(({ typos }) => typos <= allowed);
  return rated.sort((a, b) => a.typos - b.typos)[0]?.other;
}

/** Only letters and digits, and at most as many as a name has. */
function plain(text: string): string {
  const short = text.slice(0, 64).toLowerCase();
  return short.replace(/[^\p{L}\p{N}]/gu, '');
}

/** Letters to add, drop or replace (Levenshtein distance); two swapped letters count as one. */
function typosBetween(a: string, b: string): number {
  let [older, old] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (old[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const least = Math.min(replaced, (old[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(least, (older[j - 2] ?? 0) + 1) : least);
    }
    [older, old] = [old, row];
  }
  return old[b.length] ?? 0;
}

const NEAREST = 3;

/** Finds the three names most similar to one that does not exist, whatever the order of its words. */
export type FindNearest = (name: string) => string[];

/** Of thousands of names, the letters are taken once, and on first use. */
export function createNearest(known: Iterable<string>): FindNearest {
  let names:
    { readonly other: string; readonly letters: string; readonly size: number }[] | undefined;
  return (name) => {
    names ??= [...known].map((other) => {
      const letters = plain(other);
      return { other, letters, size: pairsOf(letters).length };
    });
    const pairs = pairsOf(plain(name));
    const rated = names.map((one) => ({ other: one.other, likeness: likeness(pairs, one) }));
    rated.sort((a, b) => b.likeness - a.likeness || byCodeUnit(a.other, b.other));
    return rated.slice(0, NEAREST).map(({ other }) => other);
  };
}

/** The different pairs of adjacent letters. */
function pairsOf(letters: string): string[] {
  const all = Array.from(letters.slice(1), (_, at) => letters.slice(at, at + 2));
  return [...new Set(all)];
}

/** From 0 to 1: the share of pairs that both have (Dice's coefficient). */
function likeness(pairs: readonly string[], other: { letters: string; size: number }): number {
  const both = pairs.filter((pair) => other.letters.includes(pair)).length;
  return (2 * both) / Math.max(1, pairs.length + other.size);
}
