import { convertGroup, type Attempt, type Group, type Size, type Source } from './group.js';
import type { ConversionOptions } from './options.js';
import type { ReferenceGraph } from './references.js';
import { createShared, type Shared } from './shared.js';

/** How much of the schemas is described. */
export type Limits = Required<
  Pick<ConversionOptions, 'depth' | 'small' | 'kindsDepth' | 'textsDepth' | 'texts' | 'characters'>
>;

export type FitOptions = Pick<ConversionOptions, 'binaryAsBase64' | 'inheritance'>;

/** Schemas that operations share, with their cached conversions. */
export interface Part {
  readonly convert: (limits: Limits) => Attempt;
  readonly sizes: Map<string, Size>;
  /** The last group that was not too long: usually the one that is used. */
  last?: readonly [limits: string, group: Group];
}

interface Known {
  /** Most operations of a large document share their body, and differ in the parameters beside it. */
  readonly parts: Map<string, Part>;
  readonly shared: Shared;
}

/** What was converted for earlier operations of a document. */
const documents = new WeakMap<ReferenceGraph, Known>();

/** Maximum characters of JSON in the key of a cached part; longer schemas are rarely shared by two operations. */
const REMEMBERED = 2000;

/** A part made of these schemas; one that an earlier operation of the document had is not converted again. */
export function partOf(
  graph: ReferenceGraph,
  sources: readonly Source[],
  options: FitOptions,
): Part {
  const key = JSON.stringify([sources, options.binaryAsBase64]);
  const known = documents.get(graph) ?? { parts: new Map<string, Part>(), shared: createShared() };
  documents.set(graph, known);
  const { parts, shared } = known;
  const convert = (limits: Limits) =>
    convertGroup(graph, sources, { ...options, ...limits, shared });
  const part = parts.get(key) ?? { convert, sizes: new Map<string, Size>() };
  if (key.length <= REMEMBERED) parts.set(key, part);
  return part;
}

/** The size of a part with these limits. */
export function sizeOf(part: Part, limits: Limits): Size {
  return part.sizes.get(keyOf(limits)) ?? attempt(part, limits).size;
}

/** A part with limits under which it fits. */
export function groupOf(part: Part, limits: Limits): Group {
  const [key, known] = part.last ?? [];
  const group = key === keyOf(limits) ? known : attempt(part, limits).group;
  if (group === undefined) throw new Error('Schemas that fit are too long.');
  return group;
}

function attempt(part: Part, limits: Limits): Attempt {
  const made = part.convert(limits);
  part.sizes.set(keyOf(limits), made.size);
  if (made.group !== undefined) part.last = [keyOf(limits), made.group];
  return made;
}

function keyOf({ depth, small, kindsDepth, textsDepth, texts, characters }: Limits): string {
  return [depth, small, kindsDepth, textsDepth, texts.description, characters].join();
}
