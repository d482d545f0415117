import type { Json, JsonObject } from '../../load/document.js';
import { Conversion } from './convert.js';
import { TooLong } from './journal.js';
import type { ConversionOptions } from './options.js';
import type { ReferenceGraph } from './references.js';
import type { Shortened } from './shorten.js';

/** The schema of an argument, and its name in reports. */
export interface Source {
  readonly schema: Json | undefined;
  readonly label: string | undefined;
  /** Whether it refers to others, and may share definitions with its neighbours. */
  readonly isLinked: boolean;
}

/** Schemas that were converted together, because they share their definitions. */
export interface Group {
  readonly schemas: readonly (JsonObject | boolean)[];
  readonly definitions: JsonObject | undefined;
  /** What was shortened in each of the schemas and, as the last element, in the definitions. */
  readonly shortened: readonly (readonly Shortened[])[];
  readonly isTruncated: boolean;
  /** Characters counted, in the longer of the two passes. */
  readonly written: number;
}

/** How much of the limit a group uses. */
export interface Size {
  /** Characters of the group as JSON; Infinity: more than the limit. */
  readonly length: number;
  /** Characters counted on the way. */
  readonly written: number;
  /** Characters written before the depth of kinds first made a difference; Infinity: it never did. */
  readonly kindsAt: number;
}

/** A group, or undefined where it is longer than allowed, and its size. */
export interface Attempt {
  readonly group: Group | undefined;
  readonly size: Size;
}

/** Converts schemas twice: the first pass finds the schemas mentioned only once, and the second one inlines them. */
export function convertGroup(
  graph: ReferenceGraph,
  sources: readonly Source[],
  options: ConversionOptions,
): Attempt {
  let kindsAt = Infinity;
  const onKinds = (written: number): void => {
    kindsAt = Math.min(kindsAt, written);
  };
  const group = unlessTooLong(() => inTwoPasses(graph, sources, { ...options, onKinds }));
  const { length, written } = group === undefined ? tooLong : sizeOf(group);
  return { group, size: { length, written, kindsAt } };
}

const tooLong = { length: Infinity, written: Infinity };

/** The length of an empty group, which would count twice in the sum of two groups. */
const EMPTY = '[[],null]'.length;

/** The size of two groups as one; the second has no definitions. */
export function together(one: Size, other: Size): Size {
  const comma = one.length > EMPTY && other.length > EMPTY ? 1 : 0;
  return {
    length: one.length + other.length - EMPTY + comma,
    written: one.written + other.written,
    kindsAt: one.kindsAt + other.written,
  };
}

function unlessTooLong<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
}

function inTwoPasses(
  graph: ReferenceGraph,
  sources: readonly Source[],
  options: ConversionOptions,
): Group {
  const { mentions, group } = pass(graph, sources, options);
  const once = [...mentions].filter(([, count]) => count === 1).map(([pointer]) => pointer);
  if (once.length === 0) return group;
  const second = pass(graph, sources, { ...options, mentionedOnce: new Set(once) }).group;
  return { ...second, written: Math.max(group.written, second.written) };
}

function pass(graph: ReferenceGraph, sources: readonly Source[], options: ConversionOptions) {
  const conversion = new Conversion(graph, options);
  const { journal } = conversion;
  const shortened: Shortened[][] = [];
  const noting = <T>(work: () => T): T => {
    const before = journal.shortened.length;
    const result = work();
    shortened.push(journal.shortened.slice(before));
    return result;
  };
  const schemas = sources.map(({ schema, label }) =>
    noting(() => conversion.convertArgument(schema, label)),
  );
  const definitions = noting(() => conversion.definitions());
  const { truncated, written } = journal;
  const group: Group = { schemas, definitions, shortened, isTruncated: truncated > 0, written };
  return { mentions: conversion.mentions, group };
}

function sizeOf({ schemas, definitions, written }: Group): Omit<Size, 'kindsAt'> {
  return { length: JSON.stringify([schemas, definitions]).length, written };
}
