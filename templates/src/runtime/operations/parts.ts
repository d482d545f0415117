import type { Tool } from '../api.js';
import { fixedSegments } from '../search/index.js';
import { linesOf } from './lines.js';

/** A part of the map of an API: operations that fit on a page, or parts. */
export interface Part {
  readonly id: string;
  /** In the order of their paths. */
  readonly placed: readonly Placed[];
  /** Absent if the operations fit on a page. */
  readonly parts?: readonly Part[];
  /** What it is about, if its ID does not say so. */
  readonly about?: string;
}

/** An operation with values that placing it needs repeatedly. */
export interface Placed {
  readonly tool: Tool;
  /** The fixed segments of its path, which name the resource. */
  readonly segments: readonly string[];
  /** The length of its line. */
  readonly length: number;
}

/** The ID of the part that contains everything. */
export const ROOT = 'all';
// In characters, about four per token.
const MAX_PAGE = 7600;

/** Operations in the order of their paths. */
export function place(tools: readonly Tool[]): Placed[] {
  const sorted = [...tools].sort(byRequest);
  return sorted.map((tool) => ({
    tool,
    segments: fixedSegments(tool.request.path),
    length: linesOf([tool]).length + 1,
  }));
}

function byRequest({ request: a }: Tool, { request: b }: Tool): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.method < b.method ? -1 : 1;
}

function fits(placed: readonly Placed[]): boolean {
  return placed.reduce((sum, { length }) => sum + length, 0) <= MAX_PAGE;
}

/** Divides operations by the segments of their paths, until each part fits on a page. */
export function divide(placed: readonly Placed[], id: string, depth = 0): Part {
  if (fits(placed)) return { id, placed };
  const groups = new Map<string, Placed[]>();
  for (const one of placed) {
    const segment = one.segments[depth] ?? '';
    const group = groups.get(segment);
    if (group === undefined) groups.set(segment, [one]);
    else group.push(one);
  }
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
export function findPart(part: Part, id: string): Part | undefined {
  if (part.id.toLowerCase() === id) return part;
  for (const child of part.parts ?? []) {
    const found = findPart(child, id);
    if (found !== undefined) return found;
  }
  return undefined;
}
