import type { Json, JsonObject } from '../../load/document.js';
import { together, type Group, type Size, type Source } from './group.js';
import { groupOf, partOf, sizeOf, type FitOptions, type Limits, type Part } from './part.js';
import { refsIn, type ReferenceGraph } from './references.js';
import { briefLimits, tighterLimits, standardLimits, type Shortened } from './shorten.js';

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

/** The schemas' share of that; the rest is for the tool's name, title and description. */
const SHARE = LONGEST - 3 * 1024;

/** Characters of parts that are described below the depth that fits; the greatest that fits is used. */
const SMALL = [128, 256, 512, 1024, 2048, 4096, 8192];

/** Depths to which the kinds of a discriminator are expanded if not all of them fit. */
const FEWER_KINDS = [2, 1, 0, -1];

/**
 * Converts the schemas of an operation's arguments. If they are too long together, the kinds of discriminators give way,
 * then long texts, then the texts of what is deepest, then what is deepest, except for its smaller parts. At least one
 * level is described; if it does not fit, texts and lists are shortened further.
 */
export function convertSchemas(
  graph: ReferenceGraph,
  schemas: readonly (Json | undefined)[],
  options: FitOptions = {},
  labels: readonly string[] = [],
): Converted {
  const all = schemas.map((schema, index): Source => ({
    schema,
    label: labels[index],
    isLinked: schema !== undefined && refsIn(schema).length > 0,
  }));
  const part = (...sources: readonly Source[]) => partOf(graph, sources, options);
  const linked = part(...all.filter(({ isLinked }) => isLinked));
  const alone = all.filter(({ isLinked }) => !isLinked).map((source) => part(source));
  const limits = chooseLimits((one) =>
    alone.reduce((size, each) => together(size, sizeOf(each, one)), sizeOf(linked, one)),
  );
  const groupWith = (one: Part) => groupOf(one, limits);
  return join(all, limits, groupWith(linked), alone.map(groupWith));
}

/** The limits of the fullest description that fits. */
function chooseLimits(sizeWith: (limits: Limits) => Size): Limits {
  const full = {
    depth: Infinity,
    small: 0,
    kindsDepth: Infinity,
    textsDepth: Infinity,
    texts: standardLimits,
    characters: SHARE,
  };
  const fits = (limits: Limits): boolean => {
    const { length, written } = sizeWith(limits);
    return length <= SHARE && written <= SHARE;
  };
  if (fits(full)) return full;
  // Without any kinds, all of these attempts have the same length.
  const depths = sizeWith(full).kindsAt <= SHARE ? FEWER_KINDS : [];
  const kindsDepth = depths.find((kindsDepth) => fits({ ...full, kindsDepth }));
  if (kindsDepth !== undefined) return { ...full, kindsDepth };
  const plain = { ...full, kindsDepth: -1 };
  const brief = briefLimits.map((texts) => ({ ...plain, texts }));
  const whole = brief.find(fits);
  if (whole !== undefined) return whole;
  const briefest = brief.at(-1) ?? plain;
  const textsDepth = deepest((textsDepth) => fits({ ...briefest, textsDepth }));
  if (textsDepth > 0) return { ...briefest, textsDepth };
  const asDeepAsFits = (limits: Limits): Limits => ({
    ...limits,
    depth: deepest((depth) => fits({ ...limits, depth })),
  });
  const explained = asDeepAsFits(briefest);
  const bare = asDeepAsFits({ ...briefest, textsDepth: 1 });
  const chosen = bare.depth > explained.depth ? bare : explained;
  if (chosen.depth > 0) return filled(chosen, fits);
  const shallow = tighterLimits.map((texts) => ({ ...plain, depth: 1, texts }));
  return shallow.find(fits) ?? { ...(shallow.at(-1) ?? plain), characters: Infinity };
}

/** The greatest depth that fits. */
function deepest(fits: (depth: number) => boolean): number {
  let tooMany = 1;
  while (fits(tooMany)) tooMany *= 2;
  return greatest(Math.floor(tooMany / 2), tooMany, fits);
}

/** Uses the room that is left for the smaller of the parts that are deeper. */
function filled(limits: Limits, fits: (limits: Limits) => boolean): Limits {
  const one = (count: number): Limits => ({ ...limits, small: SMALL[count - 1] ?? 0 });
  return one(greatest(0, SMALL.length + 1, (count) => fits(one(count))));
}

/** The greatest number that fits, found by bisection: everything fits up to some number and nothing beyond. */
function greatest(fitting: number, tooMany: number, fits: (value: number) => boolean): number {
  if (tooMany - fitting <= 1) return fitting;
  const middle = Math.floor((fitting + tooMany) / 2);
  return fits(middle) ? greatest(middle, tooMany, fits) : greatest(fitting, middle, fits);
}

/** All groups as one, in the order of the arguments. */
function join(
  all: readonly Source[],
  { depth }: Limits,
  linked: Group,
  alone: readonly Group[],
): Converted {
  const [ofLinked, ofAlone] = [membersOf(linked), alone.flatMap(membersOf)].map((list) =>
    list.values(),
  );
  const taken = all.map(({ isLinked }) => (isLinked ? ofLinked : ofAlone)?.next().value);
  return {
    schemas: taken.map((one) => one?.schema ?? true),
    definitions: linked.definitions,
    shortened: [...taken.map((one) => one?.shortened ?? []), linked.shortened.at(-1) ?? []].flat(),
    ...([linked, ...alone].some(({ isTruncated }) => isTruncated) && { depth }),
  };
}

function membersOf({ schemas, shortened }: Group) {
  return schemas.map((schema, index) => ({ schema, shortened: shortened[index] ?? [] }));
}
