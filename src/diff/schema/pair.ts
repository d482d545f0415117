import type { Json, JsonObject } from '../../json.js';
import type { Finding } from '../change.js';

/** Two schemas of one value with their references expanded, and how their parts are compared. */
export interface Pair {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly place: string;
  /** Compares the schemas of a part of the value, or further schemas of the value itself. */
  readonly compare: (before: Json, after: Json, place: string) => Finding[];
  /** Whether the second accepts everything that the first does, as far as can be determined. */
  readonly fits: (before: Json, after: Json) => boolean;
  /** Whether the two may differ in meaning. */
  readonly differs: (before: Json, after: Json) => boolean;
  /** A part with its references expanded. */
  readonly write: Readonly<Record<'before' | 'after', (schema: Json) => JsonObject>>;
}

/** Compares some keywords. */
export interface Rule {
  readonly keywords: readonly string[];
  readonly compare: (pair: Pair) => Finding[];
}
