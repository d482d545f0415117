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

/** The result would be longer than allowed. */
export class TooLong extends Error {}

const NOWHERE: Deepest = {
  parts: -Infinity,
  kinds: -Infinity,
  texts: -Infinity,
  inlined: -Infinity,
};

/** The notes of a conversion, some of which another one can repeat. */
export class Journal implements Notes {
  written = 0;
  loosened = 0;
  unlisted = 0;
  truncated = 0;
  readonly shortened: Shortened[] = [];
  readonly refers: (readonly [pointer: string, depth: number])[] = [];
  readonly single: string[] = [];
  deepest = NOWHERE;
  /** Characters written wherever kinds could be expanded. */
  readonly #kinds: number[] = [];
  readonly #characters: number;
  readonly #onKinds: (written: number) => void;

  /** `onKinds` is called wherever kinds could be expanded, with the characters written before. */
  constructor(characters = Infinity, onKinds: (written: number) => void = () => undefined) {
    this.#characters = characters;
    this.#onKinds = onKinds;
  }

  /** @throws TooLong */
  count(length: number): void {
    this.written += length;
    if (this.written > this.#characters) throw new TooLong();
  }

  /** Notes that a limit on depth, of some kind, was asked for at a place. */
  reach(kind: keyof Deepest, depth: number): void {
    if (depth > this.deepest[kind]) this.deepest = { ...this.deepest, [kind]: depth };
  }

  /** Notes that the kinds of a discriminator could be expanded at a place. */
  noteKinds({ depth }: Place): void {
    this.reach('kinds', depth);
    this.#noteKindsAt(this.written);
  }

  #noteKindsAt(written: number): void {
    this.#kinds.push(written);
    this.#onKinds(written);
  }

  /** Does the work, and returns what was noted meanwhile. */
  record(place: Place, work: () => JsonObject | boolean): Made {
    const { written, loosened, unlisted, truncated, deepest: before } = this;
    const [shortened, refers, single] = [this.shortened, this.refers, this.single].map(
      ({ length }) => length,
    );
    const { length: kinds } = this.#kinds;
    this.deepest = NOWHERE;
    const schema = work();
    const { deepest } = this;
    this.deepest = before;
    this.#reachAll(deepest, 0, 0);
    const kindsAt = this.#kinds[kinds];
    return {
      schema,
      label: place.label,
      written: this.written - written,
      loosened: this.loosened - loosened,
      unlisted: this.unlisted - unlisted,
      truncated: this.truncated - truncated,
      shortened: this.shortened.slice(shortened),
      refers: this.refers
        .slice(refers)
        .map(([pointer, depth]) => [pointer, depth - place.depth] as const),
      single: [...new Set(this.single.slice(single))],
      kindsAt: kindsAt === undefined ? undefined : kindsAt - written,
      deepest: {
        parts: deepest.parts - place.depth,
        kinds: deepest.kinds - place.depth,
        texts: deepest.texts - place.depth,
        inlined: deepest.inlined - place.inlined,
      },
    };
  }

  /** Notes everything again, at another place. @throws TooLong */
  repeat(made: Made, { depth, inlined }: Place): void {
    if (made.kindsAt !== undefined) this.#noteKindsAt(this.written + made.kindsAt);
    this.loosened += made.loosened;
    this.unlisted += made.unlisted;
    this.truncated += made.truncated;
    this.shortened.push(...made.shortened);
    this.single.push(...made.single);
    for (const [pointer, below] of made.refers) this.refers.push([pointer, depth + below]);
    this.#reachAll(made.deepest, depth, inlined);
    this.count(made.written);
  }

  #reachAll(deepest: Deepest, depth: number, inlined: number): void {
    this.reach('parts', deepest.parts + depth);
    this.reach('kinds', deepest.kinds + depth);
    this.reach('texts', deepest.texts + depth);
    this.reach('inlined', deepest.inlined + inlined);
  }
}
