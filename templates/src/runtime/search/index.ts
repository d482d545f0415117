import { membersOf, type Tool } from '../api.js';
import { verbWeight } from './verbs.js';
import { isContent, LONGEST_PHRASE, stem, stemsIn, variantsOf, wordsOf } from './words.js';

/** Where in an operation a word occurs, as bits: in the path, in its last fixed segment, in the name or the title. */
export const PATH = 1;
export const LEAF = 2;
export const TITLE = 4;

/** The operations that contain a word, three numbers for each: its position, the word's weight, and its places. */
type Postings = number[];

/** The words of a set of operations. It keeps no text: the tools have it. */
export interface SearchIndex {
  readonly postings: ReadonlyMap<string, Postings>;
  /** The stems in code unit order. */
  readonly vocabulary: readonly string[];
  /** The rest is per operation: BM25's length measure, and how rare the words of its path and title are. */
  readonly norms: Float64Array;
  readonly pathMass: Float64Array;
  readonly titleMass: Float64Array;
}

// The two parameters of BM25.
const K1 = 1.2;
const B = 0.5;
const WEIGHTS = { path: 2.5, leaf: 1.5, name: 2, title: 3, lead: 1, rest: 0.3, argument: 0.5 };
// In characters. Long descriptions tend to end alike.
const MAX_LEAD = 240;
const MAX_REST = 400;
const MAX_MEMBERS = 40;

/** Adds the words of a text, with their weight and place. */
type Add = (text: string, weight: number, place: number) => void;

/** The index of some tools. */
export function buildIndex(tools: readonly Tool[]): SearchIndex {
  const postings = new Map<string, Postings>();
  const lengths = new Float64Array(tools.length);
  tools.forEach((tool, position) => {
    addTool(tool, (text, weight, place) => {
      for (const key of stemsIn(text)) {
        lengths[position] = (lengths[position] ?? 0) + weight;
        post(postings, key, position, weight, place);
      }
    });
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / tools.length;
  const norms = lengths.map((length) => K1 * (1 - B + (B * length) / average));
  const vocabulary = [...postings.keys()].sort();
  return { postings, vocabulary, norms, ...massesOf(postings, tools.length) };
}

function post(
  postings: Map<string, Postings>,
  key: string,
  position: number,
  weight: number,
  place: number,
): void {
  const list = postings.get(key);
  if (list === undefined) return void postings.set(key, [position, weight, place]);
  const last = list.length - 3;
  if (list[last] !== position) return void list.push(position, weight, place);
  list[last + 1] = (list[last + 1] ?? 0) + weight;
  list[last + 2] = (list[last + 2] ?? 0) | place;
}

function addTool({ name, title = '', description, inputSchema, request }: Tool, add: Add): void {
  const fixed = fixedSegments(request.path);
  for (const segment of fixed) add(segment, WEIGHTS.path, PATH);
  add(fixed.at(-1) ?? '', WEIGHTS.leaf, LEAF);
  add(name, WEIGHTS.name, TITLE);
  add(title, WEIGHTS.title, TITLE);
  const start = description.startsWith(title) ? title.length : 0;
  const end = start + MAX_LEAD;
  add(description.slice(start, end), WEIGHTS.lead, 0);
  add(description.slice(end, end + MAX_REST), WEIGHTS.rest, 0);
  for (const argument of argumentsOf(inputSchema)) add(argument, WEIGHTS.argument, 0);
}

/** The segments of a path that are words: neither parameters nor OData keywords such as `$ref`. */
export function fixedSegments(path: string): string[] {
  return path.split(/[/#]/).filter((segment) => segment !== '' && !/^[{$]/.test(segment));
}

function argumentsOf({ properties }: Tool['inputSchema']): string[] {
  const own = membersOf(properties);
  const members = membersOf(membersOf(own['body'])['properties']);
  return [...Object.keys(own), ...Object.keys(members).slice(0, MAX_MEMBERS)];
}

/** How significant a word is: the rarer, the more (BM25's inverse document frequency). */
function rarityOf(list: Postings, total: number): number {
  const count = list.length / 3;
  return Math.log(1 + (total - count + 0.5) / (count + 0.5));
}

function massesOf(postings: ReadonlyMap<string, Postings>, total: number) {
  const [pathMass, titleMass] = [new Float64Array(total), new Float64Array(total)];
  for (const list of postings.values()) {
    const rarity = rarityOf(list, total);
    for (let at = 0; at < list.length; at += 3) {
      const position = list[at] ?? 0;
      const place = list[at + 2] ?? 0;
      if (place & PATH) pathMass[position] = (pathMass[position] ?? 0) + rarity;
      if (place & TITLE) titleMass[position] = (titleMass[position] ?? 0) + rarity;
    }
  }
  return { pathMass, titleMass };
}

const MIN_PREFIX = 4;
const MAX_SUFFIX = 3;
const MAX_NEAR = 20;

/** Indexed words that share a beginning with a word that is not indexed: one starts with the other. */
function nearWords({ postings, vocabulary }: SearchIndex, word: string): string[] {
  if (word.length < MIN_PREFIX) return [];
  const shorter: string[] = [];
  const least = Math.max(MIN_PREFIX, word.length - MAX_SUFFIX);
  for (let length = word.length - 1; length >= least; length -= 1) {
    const start = word.slice(0, length);
    if (postings.has(start)) shorter.push(start);
  }
  const from = lowerBound(vocabulary, word);
  const longer = vocabulary.slice(from, from + MAX_NEAR);
  return [...shorter, ...longer.filter((other) => other.startsWith(word))];
}

function lowerBound(sorted: readonly string[], word: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

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
