import { nearWords, rarityOf, type Postings, type SearchIndex } from './index.js';
import { verbWeight } from './verbs.js';
import { isContent, LONGEST_PHRASE, stem, variantsOf, wordsOf } from './words.js';

const NEAR = 0.5;
const COMPOUND = 0.8;
const MAX_CONCEPTS = 24;

/** One thing that a query names, with all the words that may mean it. */
export interface Concept {
  readonly weight: number;
  readonly options: readonly Option[];
}

/** A word, or a phrase, that may be meant. */
export interface Option {
  readonly postings: Postings;
  /** How much finding it counts. */
  readonly worth: number;
  /** The combined rarity of its words. */
  readonly mass: number;
}

/** The concepts of a query, without its stop words. */
export function conceptsOf(index: SearchIndex, query: string): Concept[] {
  const words = wordsOf(query);
  const stems = words.map(stem);
  const concepts: Concept[] = [];
  let size: number;
  for (let at = 0; at < words.length && concepts.length < MAX_CONCEPTS; at += size) {
    size = phraseLength(stems, at);
    if (size === 1 && !isContent(words[at] ?? '')) continue;
    const weight = at === 0 ? verbWeight(stems[0] ?? '') : 1;
    const options = optionsOf(index, stems.slice(at, at + size), stems[at + size]);
    if (options.length > 0) concepts.push({ weight, options });
  }
  return concepts;
}

function phraseLength(stems: readonly string[], at: number): number {
  for (let size = LONGEST_PHRASE; size > 1; size -= 1) {
    const phrase = stems.slice(at, at + size);
    if (phrase.length === size && variantsOf(phrase) !== undefined) return size;
  }
  return 1;
}

function optionsOf(index: SearchIndex, own: readonly string[], next = ''): Option[] {
  const itself = optionOf(index, own, 1);
  // A synonym must not count for more than the word itself, however rare it is.
  const most = itself?.worth ?? Infinity;
  const options = itself === undefined ? guess(index, own) : [itself];
  for (const { stems, weight } of variantsOf(own) ?? []) {
    const option = optionOf(index, stems, weight, most);
    if (option !== undefined) options.push(option);
  }
  const joined =
    own.length === 1 ? optionOf(index, [stem(`${own[0] ?? ''}${next}`)], 1) : undefined;
  return joined === undefined || next === '' ? options : [...options, joined];
}

/** Options for a word that no operation contains: similar words, and the two words it may be composed of. */
function guess(index: SearchIndex, own: readonly string[]): Option[] {
  const [word = ''] = own;
  if (own.length > 1) return [];
  const near = nearWords(index, word).map((other) => optionOf(index, [other], NEAR));
  const cuts = Array.from(
    { length: Math.max(0, Math.min(word.length, 24) - 5) },
    (_, at) => at + 3,
  );
  const parts = cuts.map((cut) =>
    optionOf(index, [stem(word.slice(0, cut)), stem(word.slice(cut))], COMPOUND),
  );
  return [...near, ...parts].filter((option) => option !== undefined);
}

function optionOf(
  index: SearchIndex,
  stems: readonly string[],
  weight: number,
  most = Infinity,
): Option | undefined {
  const lists = stems.map((word) => index.postings.get(word));
  const found = lists.filter((list) => list !== undefined);
  if (found.length < lists.length) return undefined;
  const rarities = found.map((list) => rarityOf(list, index.norms.length));
  return {
    postings: found.reduce(intersect),
    worth: Math.min(most, Math.max(...rarities)) * weight,
    mass: rarities.reduce((sum, rarity) => sum + rarity, 0),
  };
}

/** The operations that contain both words, with the lower weight and the places that have both. */
function intersect(one: Postings, other: Postings): Postings {
  const both: Postings = [];
  for (let a = 0, b = 0; a < one.length && b < other.length;) {
    const difference = (one[a] ?? 0) - (other[b] ?? 0);
    if (difference === 0) {
      const weight = Math.min(one[a + 1] ?? 0, other[b + 1] ?? 0);
      both.push(one[a] ?? 0, weight, (one[a + 2] ?? 0) & (other[b + 2] ?? 0));
    }
    if (difference <= 0) a += 3;
    if (difference >= 0) b += 3;
  }
  return both;
}
