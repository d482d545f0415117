import type { Json, JsonObject } from '../../load/document.js';
import { createConversion, TooLong, type ConversionOptions } from './convert.js';
import type { ReferenceGraph } from './references.js';

/** The schemas of an operation's arguments, each with what it may refer to. */
export interface Converted {
  /** In the order in which they were given. */
  readonly schemas: readonly (JsonObject | boolean)[];
  readonly definitions: JsonObject | undefined;
  /** So many levels of properties and items are described, and what is nested deeper is not; absent: all are. */
  readonly levels?: number;
}

/** Characters of JSON. What is longer costs more of a model's context than it can be worth. */
export const LONGEST = 32 * 1024;

/**
 * Converts the schemas of an operation's arguments. When they are longer than can be worth it together, they are
 * described as deeply as the limit allows, and one level at least.
 */
export function convertSchemas(
  graph: ReferenceGraph,
  schemas: readonly (Json | undefined)[],
  options: Pick<ConversionOptions, 'binaryAsBase64'> = {},
): Converted {
  const attempt = (limits: ConversionOptions): Converted | undefined => {
    try {
      const converted = inTwoPasses(graph, schemas, { ...options, ...limits });
      return lengthOf(converted) <= (limits.characters ?? Infinity) ? converted : undefined;
    } catch (error) {
      if (error instanceof TooLong) return undefined;
      throw error;
    }
  };
  const fit = (levels: number) => {
    const found = attempt({ characters: LONGEST, depth: levels });
    return found && { ...found, levels };
  };
  return (
    attempt({ characters: LONGEST }) ??
    deepest(fit) ?? { ...inTwoPasses(graph, schemas, { ...options, depth: 1 }), levels: 1 }
  );
}

/** The last one that fits, when all do up to some number of levels and none beyond; found by bisection. */
function deepest<T>(fit: (levels: number) => T | undefined): T | undefined {
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

/** The first pass finds out what is mentioned only once, and the second one writes that out in place. */
function inTwoPasses(
  graph: ReferenceGraph,
  schemas: readonly (Json | undefined)[],
  options: ConversionOptions,
): Converted {
  const { mentions, converted } = pass(graph, schemas, options);
  const once = [...mentions].filter(([, count]) => count === 1).map(([pointer]) => pointer);
  if (once.length === 0) return converted;
  return pass(graph, schemas, { ...options, mentionedOnce: new Set(once) }).converted;
}

function pass(
  graph: ReferenceGraph,
  schemas: readonly (Json | undefined)[],
  options: ConversionOptions,
) {
  const conversion = createConversion(graph, options);
  const converted: Converted = {
    schemas: schemas.map((schema) => conversion.convert(schema)),
    definitions: conversion.definitions(),
  };
  return { converted, mentions: conversion.mentions };
}

function lengthOf({ schemas, definitions }: Converted): number {
  return JSON.stringify([schemas, definitions]).length;
}
