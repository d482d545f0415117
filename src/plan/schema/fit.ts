import type { Json, JsonObject } from '../../load/document.js';
import { createConversion, TooLong, type ConversionOptions } from './convert.js';
import type { ReferenceGraph } from './references.js';
import { tighterLimits, standardLimits, type Shortened } from './shorten.js';

/** The converted schemas of an operation's arguments, with their shared definitions. */
export interface Converted {
  /** In the order of the input. */
  readonly schemas: readonly (JsonObject | boolean)[];
  readonly definitions: JsonObject | undefined;
  /** Depth to which properties and items are described; undefined means fully. */
  readonly depth?: number;
  /** Descriptions, enums and examples that were too long. */
  readonly shortened: readonly Shortened[];
}

/** Characters of JSON for one tool. A longer tool costs more of a model's context than it can be worth. */
export const LONGEST = 32 * 1024;

/** The schemas' share of that; the rest is for the tool's own name, title and description. */
const SHARE = LONGEST - 3 * 1024;

/** Depths to which the kinds of a discriminator are expanded, where not all of them fit. */
const FEWER_KINDS = [2, 1, 0, -1];

/**
 * Converts the schemas of an operation's arguments. Where they are too long together, they are described as deeply as
 * the limit allows, and to at least one level; after that, long texts and lists are shortened.
 */
export function convertSchemas(
  graph: ReferenceGraph,
  schemas: readonly (Json | undefined)[],
  options: FitOptions = {},
  labels: readonly string[] = [],
): Converted {
  const asked = JSON.stringify([schemas, labels, options.binaryAsBase64]);
  const known = converted.get(graph) ?? new Map<string, Converted>();
  converted.set(graph, known);
  const result = known.get(asked) ?? fit(graph, schemas, options, labels);
  if (asked.length <= REMEMBERED) known.set(asked, result);
  return result;
}

type FitOptions = Pick<ConversionOptions, 'binaryAsBase64' | 'inheritance'>;

/** Operations of large documents often take the same arguments. */
const converted = new WeakMap<ReferenceGraph, Map<string, Converted>>();

/** Longer arguments, in characters of JSON, are rarely shared by two operations. */
const REMEMBERED = 2000;

function fit(
  graph: ReferenceGraph,
  schemas: readonly (Json | undefined)[],
  options: FitOptions,
  labels: readonly string[],
): Converted {
  const met = { kinds: false };
  const onKinds = (): void => {
    met.kinds = true;
  };
  const attempt = (limits: ConversionOptions): Converted | undefined => {
    try {
      const asked = { texts: standardLimits, characters: SHARE, onKinds, ...options, ...limits };
      const converted = inTwoPasses(graph, schemas, labels, asked);
      return lengthOf(converted) <= asked.characters ? converted : undefined;
    } catch (error) {
      if (error instanceof TooLong) return undefined;
      throw error;
    }
  };
  const shallow = { depth: 1, kindsDepth: -1 };
  const last = tighterLimits.at(-1) ?? standardLimits;
  return (
    attempt({ kindsDepth: Infinity }) ??
    // Without any kinds, all of these attempts have the same length.
    first(met.kinds ? FEWER_KINDS : [], (kindsDepth) => attempt({ kindsDepth })) ??
    deepest((depth) => attempt({ depth, kindsDepth: -1 })) ??
    first(tighterLimits, (texts) => attempt({ ...shallow, texts })) ??
    inTwoPasses(graph, schemas, labels, { ...options, ...shallow, texts: last })
  );
}

function first<T, R>(values: readonly T[], work: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const result = work(value);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** The greatest depth that fits, found by bisection: everything fits up to some depth and nothing beyond. */
function deepest<T>(fit: (depth: number) => T | undefined): T | undefined {
  let best: T | undefined;
  let [fitting, tooMany] = [0, 1];
  for (let next = fit(tooMany); next !== undefined; next = fit(tooMany)) {
    [best, fitting, tooMany] = [next, tooMany, tooMany * 2];
  }
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    const next = fit(middle);
    if (next === undefined) tooMany = middle;
    else [best, fitting] = [next, middle];
  }
  return best;
}

/** The first pass finds the schemas mentioned only once, and the second one inlines them. */
function inTwoPasses(
  graph: ReferenceGraph,
  schemas: readonly (Json | undefined)[],
  labels: readonly string[],
  options: ConversionOptions,
): Converted {
  const { mentions, converted } = pass(graph, schemas, labels, options);
  const once = [...mentions].filter(([, count]) => count === 1).map(([pointer]) => pointer);
  if (once.length === 0) return converted;
  return pass(graph, schemas, labels, { ...options, mentionedOnce: new Set(once) }).converted;
}

function pass(
  graph: ReferenceGraph,
  schemas: readonly (Json | undefined)[],
  labels: readonly string[],
  options: ConversionOptions,
) {
  const conversion = createConversion(graph, options);
  const converted = {
    schemas: schemas.map((schema, index) => conversion.convert(schema, labels[index])),
    definitions: conversion.definitions(),
    shortened: conversion.shortened,
  };
  const depth = conversion.isTruncated() ? options.depth : undefined;
  return {
    converted: { ...converted, ...(depth !== undefined && { depth }) } satisfies Converted,
    mentions: conversion.mentions,
  };
}

function lengthOf({ schemas, definitions }: Converted): number {
  return JSON.stringify([schemas, definitions]).length;
}
