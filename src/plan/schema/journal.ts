import type { JsonObject } from '../../load/document.js';
import type { Place } from './place.js';
import type { Shortened } from './shorten.js';

/** What a conversion notes beside its results. */
interface Notes {
  /** Characters that count towards the maximum. */
  written: number;
  /** Schemas that accept more than the document does. */
  loosened: number;
  /** Enums that were replaced by a description, which accepts any value. */
  unlisted: number;
  /** Schemas whose parts are not described, because of their depth. */
  truncated: number;
  readonly shortened: Shortened[];
  /** Definitions that were referred to, each from a depth. */
  readonly refers: (readonly [pointer: string, depth: number])[];
  /** Pointers that are inlined if they are mentioned only once. */
  readonly single: string[];
  deepest: Deepest;
}

/** The greatest depths at which a limit could make a difference. */
interface Deepest {
  readonly parts: number;
  readonly kinds: number;
  readonly texts: number;
  readonly inlined: number;
}

/** A converted schema, and what was noted meanwhile. Depths and characters count from its place. */
export interface Made extends Readonly<Notes> {
  readonly schema: JsonObject | boolean;
  /** The name under which its own texts are reported. */
  readonly label: string;
  /** Characters written before the first kinds; undefined: there were none. */
  readonly kindsAt: number | undefined;
}

/** The notes of a conversion, some of which another one can repeat. */
export interface Journal extends Notes {
  /** @throws TooLong */
  count(length: number): void;
  /** Notes that a limit on depth, of some kind, was asked for at a place. */
  reach(kind: keyof Deepest, depth: number): void;
  /** Notes that the kinds of a discriminator could be expanded at a place. */
  noteKinds(place: Place): void;
  /** Does the work, and returns what was noted meanwhile. */
  record(place: Place, work: () => JsonObject | boolean): Made;
  /** Notes everything again, at another place. @throws TooLong */
  repeat(made: Made, place: Place): void;
}

/** The result would be longer than allowed. */
export class TooLong extends Error {}

const NOWHERE: Deepest = {
  parts: -Infinity,
  kinds: -Infinity,
  texts: -Infinity,
  inlined: -Infinity,
};

/** `onKinds` is called wherever kinds could be expanded, with the characters written before. */
export function createJournal(
  characters: number,
  onKinds: (written: number) => void = () => undefined,
): Journal {
  /** Characters written wherever kinds could be expanded. */
  const kinds: number[] = [];
  const journal: Journal = {
    written: 0,
    loosened: 0,
    unlisted: 0,
    truncated: 0,
    shortened: [],
    refers: [],
    single: [],
    deepest: NOWHERE,
    count,
    reach,
    noteKinds,
    record,
    repeat,
  };
  return journal;

  function count(length: number): void {
    journal.written += length;
    if (journal.written > characters) throw new TooLong();
  }

  function reach(kind: keyof Deepest, depth: number): void {
    if (depth > journal.deepest[kind]) journal.deepest = { ...journal.deepest, [kind]: depth };
  }

  function noteKinds({ depth }: Place): void {
    reach('kinds', depth);
    noteKindsAt(journal.written);
  }

  function noteKindsAt(written: number): void {
    kinds.push(written);
    onKinds(written);
  }

  function record(place: Place, work: () => JsonObject | boolean): Made {
    const before = { ...journal };
    const lengths = [journal.shortened, journal.refers, journal.single, kinds].map(
      ({ length }) => length,
    );
    journal.deepest = NOWHERE;
    const schema = work();
    const { deepest } = journal;
    journal.deepest = before.deepest;
    reachAll(deepest, 0, 0);
    const [shortened, refers, single, first = 0] = lengths;
    const kindsAt = kinds[first];
    return {
      schema,
      label: place.label,
      written: journal.written - before.written,
      loosened: journal.loosened - before.loosened,
      unlisted: journal.unlisted - before.unlisted,
      truncated: journal.truncated - before.truncated,
      shortened: journal.shortened.slice(shortened),
      refers: journal.refers
        .slice(refers)
        .map(([pointer, depth]) => [pointer, depth - place.depth] as const),
      single: [...new Set(journal.single.slice(single))],
      kindsAt: kindsAt === undefined ? undefined : kindsAt - before.written,
      deepest: {
        parts: deepest.parts - place.depth,
        kinds: deepest.kinds - place.depth,
        texts: deepest.texts - place.depth,
        inlined: deepest.inlined - place.inlined,
      },
    };
  }

  function repeat(made: Made, { depth, inlined }: Place): void {
    if (made.kindsAt !== undefined) noteKindsAt(journal.written + made.kindsAt);
    journal.loosened += made.loosened;
    journal.unlisted += made.unlisted;
    journal.truncated += made.truncated;
    journal.shortened.push(...made.shortened);
    journal.single.push(...made.single);
    for (const [pointer, below] of made.refers) journal.refers.push([pointer, depth + below]);
    reachAll(made.deepest, depth, inlined);
    count(made.written);
  }

  function reachAll(deepest: Deepest, depth: number, inlined: number): void {
    reach('parts', deepest.parts + depth);
    reach('kinds', deepest.kinds + depth);
    reach('texts', deepest.texts + depth);
    reach('inlined', deepest.inlined + inlined);
  }
}
