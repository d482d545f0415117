import type { Tool } from '../api.js';
import { fixedSegments } from '../search/index.js';
import { linesOf } from './lines.js';
import { divide, findPart, place, ROOT, type Part, type Placed } from './parts.js';

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
  return fitting ?? `${parts.slice(0, maxLength)}…`;
}

function pagesOf(part: Part): Part[] {
  return part.parts === undefined ? [part] : part.parts.flatMap(pagesOf);
}

function entriesOf(parts: readonly Part[], maxAbout: number): string {
  const entries = parts.map(({ id, placed, about = '' }) => {
    const short = about.length > maxAbout ? `${about.slice(0, maxAbout)}…` : about;
    return `${id} (${placed.length})${short === '' || maxAbout === 0 ? '' : `: ${short}`}`;
  });
  return entries.join('\n');
}

const MAX_SEGMENT = 40;
const MOST = 0.4;

/** Segments by the number of operations that have them, without those so common that they say nothing. */
function summaryOf(placed: readonly Placed[], maxLength: number): string {
  const counts = new Map<string, number>();
  for (const { segments } of placed)
    for (const segment of new Set(segments)) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  const telling = [...counts].filter(
    ([name, count]) => count <= MOST * placed.length && !/^(v?\d.*|apis?|rest)$/.test(name),
  );
  const chosen = telling.length > 0 ? telling : [...counts];
  chosen.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  let text = '';
  for (const [name, count] of chosen) {
    const entry = `${text === '' ? '' : ', '}${name.slice(0, MAX_SEGMENT)} ${count}`;
    if (text.length + entry.length > maxLength) return `${text} and others`;
    text += entry;
  }
  return text === '' ? `all ${placed.length}` : text;
}
