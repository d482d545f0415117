import type { JsonObject } from '../../load/document.js';
import type { Place } from './place.js';
import type { Shortened } from './shorten.js';

/** What a conversion notes beside its results, so far. */
export interface Journal {
  /** Characters that count towards the maximum. */
  written: number;
  /** Schemas that accept more than the document does. */
  loosened: number;
  /** Enums that were replaced by a description, which accepts any value. */
  unlisted: number;
  /** Schemas whose parts are not described, because of their depth. */
  truncated: number;
  readonly shortened: Shortened[];
  /** Definitions that were referred to, from a depth. */
  readonly refers: Mention[];
  /** Pointers that are inlined if they are mentioned only once. */
  readonly single: string[];
  /** Characters written wherever kinds could be expanded. */
  readonly kinds: number[];
  deepest: Deepest;
}

export type Mention = readonly [pointer: string, depth: number];

/** The greatest depths at which a limit could make a difference. */
interface Deepest {
  parts: number;
  kinds: number;
  inlined: number;
}

/** A converted schema, with what was noted meanwhile. All numbers count from its place. */
export interface Made extends Readonly<Omit<Journal, 'kinds'>> {
  readonly schema: JsonObject | boolean;
  /** The name under which its own texts are reported. */
  readonly label: string;
  /** Characters written before the first kinds; undefined: there were none. */
  readonly kindsAt: number | undefined;
}

const nowhere = (): Deepest => ({ parts: -Infinity, kinds: -Infinity, inlined: -Infinity });

export function createJournal(): Journal {
  const counts = { written: 0, loosened: 0, unlisted: 0, truncated: 0 };
  return { ...counts, shortened: [], refers: [], single: [], kinds: [], deepest: nowhere() };
}

/** Does the work, and returns what was noted meanwhile. */
export function record(
  journal: Journal,
  { depth, inlined, label }: Place,
  work: () => JsonObject | boolean,
): Made {
  const { written, loosened, unlisted, truncated, deepest } = journal;
  const [shortened, refers] = [journal.shortened.length, journal.refers.length];
  const [single, kinds] = [journal.single.length, journal.kinds.length];
  journal.deepest = nowhere();
  const schema = work();
  const own = journal.deepest;
  journal.deepest = {
    parts: Math.max(deepest.parts, own.parts),
    kinds: Math.max(deepest.kinds, own.kinds),
    inlined: Math.max(deepest.inlined, own.inlined),
  };
  const kindsAt = journal.kinds[kinds];
  return {
    schema,
    label,
    written: journal.written - written,
    loosened: journal.loosened - loosened,
    unlisted: journal.unlisted - unlisted,
    truncated: journal.truncated - truncated,
    shortened: journal.shortened.slice(shortened),
    refers: journal.refers.slice(refers).map(([pointer, at]) => [pointer, at - depth]),
    single: [...new Set(journal.single.slice(single))],
    kindsAt: kindsAt === undefined ? undefined : kindsAt - written,
    deepest: {
      parts: own.parts - depth,
      kinds: own.kinds - depth,
      inlined: own.inlined - inlined,
    },
  };
}

/** Notes the same again, but for what the conversion itself must notice: characters, kinds and references. */
export function repeat(journal: Journal, made: Made, { depth, inlined }: Place): void {
  journal.loosened += made.loosened;
  journal.unlisted += made.unlisted;
  journal.truncated += made.truncated;
  journal.shortened.push(...made.shortened);
  journal.single.push(...made.single);
  const { deepest } = journal;
  deepest.parts = Math.max(deepest.parts, made.deepest.parts + depth);
  deepest.kinds = Math.max(deepest.kinds, made.deepest.kinds + depth);
  deepest.inlined = Math.max(deepest.inlined, made.deepest.inlined + inlined);
}
