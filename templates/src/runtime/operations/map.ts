import { byCodeUnit, groupBy, type Tool } from '../api.js';
import { fixedSegments } from '../search/index.js';
import { truncate } from '../text.js';

/** The operations of an API by resource, in pages short enough for a model. */
export interface ResourceMap {
  /** The largest resources with the number of their operations, in a few words. */
  summary(maxLength: number): string;
  /** The map as text. */
  text(): string;
  /** The page of a resource, or the map of its parts; undefined if there is no such resource. */
  page(resource: string): string | undefined;
}

// In characters, about four per token.
const MAX_MAP = 9600;
const MAX_PARTS = 7600;
const ABOUTS = [300, 60, 0];
const MAX_RESOURCE = 200;

/** The map of a set of tools. Resources are named after paths, never after tags: not every document has tags. */
export function createMap(tools: readonly Tool[]): ResourceMap {
  const placed = place(tools);
  const root = divide(placed, ROOT);
  return {
    summary: (maxLength) => summaryOf(placed, maxLength),
    text: () => textOf(root, MAX_MAP),
    page: (resource) => {
      const id = idOf(resource);
      const part = findPart(root, id) ?? gathered(placed, id);
      return part && textOf(part, MAX_PARTS);
    },
  };
}

function idOf(resource: string): string {
  return fixedSegments(resource.slice(0, MAX_RESOURCE)).join('/').toLowerCase();
}

/** The operations whose paths contain all segments of an ID, anywhere; or a part of those of a shorter ID. */
function gathered(placed: readonly Placed[], id: string): Part | undefined {
  for (let base = id; base !== ''; base = base.slice(0, Math.max(0, base.search(/[:/][^:/]*$/)))) {
    const wanted = base.split('/');
    const found = placed.filter(({ segments }) => {
      const own = segments.map((segment) => segment.toLowerCase());
      return wanted.every((segment) => own.includes(segment));
    });
    if (found.length > 0) return findPart(divide(found, base), id);
  }
  return undefined;
}

/** A page; or all pages below a part, with as much description as fits; or else its parts. */
function textOf(part: Part, maxLength: number): string {
  if (part.parts === undefined) return linesOf(part.placed.map(({ tool }) => tool));
  const pages = pagesOf(part);
  const texts = ABOUTS.map((length) => entriesOf(pages, length));
  const parts = entriesOf(part.parts, 0);
  const fitting = [...texts, parts].find((text) => text.length <= maxLength);
  return fitting ?? truncate(parts, maxLength);
}

function pagesOf(part: Part): Part[] {
  return part.parts === undefined ? [part] : part.parts.flatMap(pagesOf);
}

function entriesOf(parts: readonly Part[], maxAbout: number): string {
  const entries = parts.map(({ id, placed, about = '' }) => {
    const short = maxAbout === 0 ? '' : truncate(about, maxAbout);
    return `${id} (${placed.length})${short === '' ? '' : `: ${short}`}`;
  });
  return entries.join('\n');
}

const MAX_SEGMENT = 40;
const MOST = 0.9;

/** Segments by the number of operations that have them, without those so common that they say nothing. */
function summaryOf(placed: readonly Placed[], maxLength: number): string {
  const counts = new Map<string, number>();
  for (const { segments } of placed)
    for (const segment of new Set(segments)) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  const telling = [...counts].filter(
    ([name, count]) => count <= MOST * placed.length && !/^(v?\d.*|apis?|rest)$/.test(name),
  );
  const chosen = telling.length > 0 ? telling : [...counts];
  chosen.sort(([a, m], [b, n]) => n - m || byCodeUnit(a, b));
  let text = '';
  for (const [name, count] of chosen) {
    const entry = `${text === '' ? '' : ', '}${name.slice(0, MAX_SEGMENT)} ${count}`;
    if (text.length + entry.length > maxLength) return `${text} and others`;
    text += entry;
  }
  return text === '' ? `all ${placed.length}` : text;
}

/** A part of the map of an API: operations that fit on a page, or parts. */
interface Part {
  readonly id: string;
  /** In the order of their paths. */
  readonly placed: readonly Placed[];
  /** Absent if the operations fit on a page. */
  readonly parts?: readonly Part[];
  /** What it is about, if its ID does not say so. */
  readonly about?: string;
}

/** An operation with values that placing it needs repeatedly. */
interface Placed {
  readonly tool: Tool;
  /** The fixed segments of its path, which name the resource. */
  readonly segments: readonly string[];
  /** The length of its line. */
  readonly length: number;
}

/** The ID of the part that contains everything. */
const ROOT = 'all';
// In characters, about four per token.
const MAX_PAGE = 7600;

/** Operations in the order of their paths. */
function place(tools: readonly Tool[]): Placed[] {
  const sorted = [...tools].sort(byRequest);
  return sorted.map((tool) => ({
    tool,
    segments: fixedSegments(tool.request.path),
    length: linesOf([tool]).length + 1,
  }));
}

function byRequest({ request: a }: Tool, { request: b }: Tool): number {
  return byCodeUnit(a.path, b.path) || byCodeUnit(a.method, b.method);
}

function fits(placed: readonly Placed[]): boolean {
  return placed.reduce((sum, { length }) => sum + length, 0) <= MAX_PAGE;
}

/** Divides operations by the segments of their paths, until each part fits on a page. */
function divide(placed: readonly Placed[], id: string, depth = 0): Part {
  if (fits(placed)) return { id, placed };
  const groups = groupBy(placed, ({ segments }) => segments[depth] ?? '');
  const parts = [...groups].flatMap(([segment, own]) =>
    segment === '' ? paginate(own, id) : [divide(own, join(id, segment), depth + 1)],
  );
  const [sole] = parts;
  return parts.length === 1 && sole !== undefined ? sole : { id, placed, parts: merge(parts, id) };
}

function join(id: string, segment: string): string {
  return id === ROOT ? segment : `${id}/${segment}`;
}

/** Operations whose paths have no further segment. */
function paginate(placed: readonly Placed[], id: string): Part[] {
  const pages: Placed[][] = [];
  for (const one of placed) {
    const page = pages.at(-1);
    if (page !== undefined && fits([...page, one])) page.push(one);
    else pages.push([one]);
  }
  return pages.map((page, number) => ({
    id: `${id}:0${number === 0 ? '' : number}`,
    placed: page,
  }));
}

/** Small neighbours share a page: a map with a thousand entries would be a list of operations again. */
function merge(parts: readonly Part[], id: string): Part[] {
  const shared: Part[][] = [];
  for (const part of parts) {
    const open = shared.at(-1);
    const all = [...(open ?? []), part];
    const isSmall = all.every((one) => one.parts === undefined);
    if (open !== undefined && isSmall && fits(all.flatMap(({ placed }) => placed))) open.push(part);
    else shared.push([part]);
  }
  return shared.map((some, number) => together(some, id, number));
}

function together(some: readonly Part[], id: string, number: number): Part {
  const [first] = some;
  if (some.length === 1 && first !== undefined) return first;
  const start = id === ROOT ? 0 : id.length + 1;
  return {
    id: `${id}:${number + 1}`,
    placed: some.flatMap(({ placed }) => placed),
    about: some.map((part) => part.id.slice(start)).join(', '),
  };
}

/** The part with an ID, given in lower case. */
function findPart(part: Part, id: string): Part | undefined {
  if (part.id.toLowerCase() === id) return part;
  for (const child of part.parts ?? []) {
    const found = findPart(child, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

const MAX_SENTENCE = 100;

/** Operations as lines, one for each path: `/notes: GET list_notes (List notes); POST add_note (Add a note)`. */
export function linesOf(tools: readonly Tool[], note: (tool: Tool) => string = () => ''): string {
  const wordsOf = (tool: Tool) =>
    `${tool.request.method} ${tool.name} (${sentenceOf(tool)})${note(tool)}`;
  const byPath = [...groupBy(tools, ({ request }) => request.path)];
  return byPath.map(([path, own]) => `${path}: ${own.map(wordsOf).join('; ')}`).join('\n');
}

/** What an operation does, in one sentence on one line. */
function sentenceOf({ title, description }: Tool): string {
  const text = (title ?? description).replace(/\s+/g, ' ').trim();
  const [sentence = ''] = /^.*?(?=\. |\.$|$)/.exec(text) ?? [];
  const isDeprecated = description.startsWith('Deprecated') && !sentence.startsWith('Deprecated');
  const short = truncate(sentence, MAX_SENTENCE);
  return isDeprecated ? `deprecated: ${short}` : short;
}
