import type { Json, JsonObject } from '../../json.js';
import type { Finding } from '../change.js';

/** Two schemas of one value with their references written out, and how their parts are compared. */
export interface Pair {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly place: string;
  /** Compares what describes a part of the value, or the value itself once more. */
  readonly compare: (before: Json, after: Json, place: string) => Finding[];
  /** Whether what the one takes is taken by the other, as far as can be told. */
  readonly fits: (before: Json, after: Json) => boolean;
  /** Whether the two may not mean the same. */
  readonly differs: (before: Json, after: Json) => boolean;
  /** A part with its references written out. */
  readonly write: Readonly<Record<'before' | 'after', (schema: Json) => JsonObject>>;
}

/** What a change of some keywords means. */
export interface Rule {
  readonly keywords: readonly string[];
  readonly compare: (pair: Pair) => Finding[];
}
