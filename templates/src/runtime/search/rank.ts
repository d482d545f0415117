import type { Tool } from '../api.js';
import { buildIndex, conceptsOf, fixedSegments, LEAF, PATH, TITLE } from './index.js';
import type { Concept, Option, SearchIndex } from './index.js';
import { deedOf, intentOf, methodFactors, type Intent } from './verbs.js';

/** Finds tools for a query and returns their positions, best first. */
export type Search = (query: string, limit: number) => number[];

// These distinguish operations that contain the same words.
const LEAF_BONUS = 1.3;
/** How much of the score depends on words of the path and title that are missing from the query. */
const PATH_SHARE = 0.6;
const TITLE_SHARE = 0.4;
const DEPTH = 0.97;
const ITEM = 0.9;
const SAME_PATH = 0.65;
const SAME_LEAF = 0.95;
const DEPRECATED = 0.1;

const MAX_QUERY = 500;
const MAX_CANDIDATES = 80;

/** The matches of a query's concepts, by operation. */
interface Evidence {
  readonly score: Float64Array;
  readonly path: Float64Array;
  readonly title: Float64Array;
  readonly leaf: Uint8Array;
  /** The operations with at least one match. */
  readonly found: number[];
}

interface Candidate {
  readonly position: number;
  readonly score: number;
}

/** A deterministic search over a set of tools. The index is built immediately. */
export function createSearch(tools: readonly Tool[]): Search {
  const index = buildIndex(tools);
  const traits = tools.map(traitsOf);
  return (query, limit) => {
    const text = query.slice(0, MAX_QUERY);
    const intent = intentOf(text);
    const evidence = gather(index, conceptsOf(index, text), tools.length);
    for (const position of evidence.found) {
      const factor = traits[position]?.methods[intent] ?? 0;
      evidence.score[position] = factor * scoreOf(index, evidence, position);
    }
    const candidates = bestOf(evidence);
    return order(candidates, traits, intent).slice(0, limit);
  };
}

/** The traits of an operation that do not depend on the query. */
interface Traits {
  readonly path: string;
  readonly leaf: string;
  readonly isDestructive: boolean;
  /** How well it fits each intent, by its method and other constant traits. */
  readonly methods: Readonly<Record<Intent, number>>;
}

function traitsOf(tool: Tool): Traits {
  const { path } = tool.request;
  const leaf = fixedSegments(path).at(-1) ?? '';
  const depth = path.split('/').length - 1;
  const penalty = DEPTH ** depth * (tool.description.startsWith('Deprecated') ? DEPRECATED : 1);
  const deed = deedOf(tool, leaf);
  const { read, create, none, update, delete: take } = methodFactors(tool.request.method, deed);
  const item = penalty * (path.endsWith('}') ? ITEM : 1);
  const changing = { update: update * penalty, delete: take * penalty };
  const methods = { read: read * item, create: create * item, none: none * item, ...changing };
  return { path, leaf, methods, isDestructive: deed === 'take' };
}

const fields = (total: number) => ({
  score: new Float64Array(total),
  path: new Float64Array(total),
  title: new Float64Array(total),
});

/** Adds up the matches of the concepts: each contributes its best option for an operation. */
function gather(index: SearchIndex, concepts: readonly Concept[], total: number): Evidence {
  const sum = { ...fields(total), leaf: new Uint8Array(total), found: [] as number[] };
  const best = fields(total);
  const { score, path, title, leaf, found } = sum;
  for (const { weight, options } of concepts) {
    const touched: number[] = [];
    for (const option of options) collect(index, option, best, leaf, touched);
    for (const at of touched) {
      if (score[at] === 0) found.push(at);
      score[at] = (score[at] ?? 0) + weight * (best.score[at] ?? 0);
      path[at] = (path[at] ?? 0) + (best.path[at] ?? 0);
      title[at] = (title[at] ?? 0) + (best.title[at] ?? 0);
      best.score[at] = best.path[at] = best.title[at] = 0;
    }
  }
  return sum;
}

/** Keeps the best contribution of an option to each operation, and adds operations without a match so far. */
function collect(
  { norms }: SearchIndex,
  { postings, worth, mass }: Option,
  best: Pick<Evidence, 'score' | 'path' | 'title'>,
  leaf: Uint8Array,
  touched: number[],
): void {
  for (let at = 0; at < postings.length; at += 3) {
    const position = postings[at] ?? 0;
    const weight = postings[at + 1] ?? 0;
    const place = postings[at + 2] ?? 0;
    const score = (worth * weight) / (weight + (norms[position] ?? 0));
    const known = best.score[position] ?? 0;
    if (known === 0) touched.push(position);
    if (score > known) best.score[position] = score;
    if (place === 0) continue;
    if (place & PATH && mass > (best.path[position] ?? 0)) best.path[position] = mass;
    if (place & TITLE && mass > (best.title[position] ?? 0)) best.title[position] = mass;
    if (place & LEAF) leaf[position] = 1;
  }
}

function scoreOf(
  { pathMass, titleMass }: SearchIndex,
  { score, path, title, leaf }: Evidence,
  position: number,
): number {
  return (
    (score[position] ?? 0) *
    share(PATH_SHARE, path[position], pathMass[position]) *
    share(TITLE_SHARE, title[position], titleMass[position]) *
    (leaf[position] === 1 ? LEAF_BONUS : 1)
  );
}

/** The highest scores, unordered: most operations share some word with a query, so sorting all would take longest. */
function bestOf({ score, found }: Evidence): Candidate[] {
  const scores = new Float64Array(found.length);
  for (let at = 0; at < found.length; at += 1) scores[at] = score[found[at] ?? 0] ?? 0;
  const least = scores.sort().at(-MAX_CANDIDATES) ?? 0;
  const best = found.filter((position) => (score[position] ?? 0) >= least);
  return best.map((position) => ({ position, score: score[position] ?? 0 }));
}

/** 1 if the query contains all words of a text; less for each word that it lacks. */
function share(weight: number, found = 0, mass = 0): number {
  return 1 - weight + weight * Math.min(1, (found + 2) / (mass + 2));
}

/** Best first, but not ten variants of one result: other methods of a path and similar paths count less. */
function order(candidates: Candidate[], traits: readonly Traits[], intent: Intent): number[] {
  const best = candidates.sort(byScore);
  const paths = new Map<string, number>();
  const leaves = new Map<string, number>();
  const varied = best.map(({ position, score }) => {
    const { path, leaf } = traits[position] as Traits;
    const earlier = paths.get(path) ?? 0;
    paths.set(path, earlier + 1);
    const alike = leaves.get(leaf) ?? 0;
    if (earlier === 0) leaves.set(leaf, alike + 1);
    const factor = earlier > 0 ? SAME_PATH ** earlier : SAME_LEAF ** alike;
    return { position, score: score * factor };
  });
  const positions = varied.sort(byScore).map(({ position }) => position);
  return intent === 'delete' ? positions : withSafeFirst(positions, traits);
}

function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || a.position - b.position;
}

/** A destructive operation is never first unless the query asks for it; if all are destructive, the result is empty. */
function withSafeFirst(positions: readonly number[], traits: readonly Traits[]): number[] {
  if (traits[positions[0] ?? -1]?.isDestructive !== true) return [...positions];
  const isSafe = (position: number) => traits[position]?.isDestructive === false;
  const first = positions.find(isSafe);
  if (first === undefined) return [];
  return [first, ...positions.filter((other) => other !== first)];
}
