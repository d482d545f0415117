import { IN_PLACE_KEYWORDS } from './keywords.js';

/** Where in the result a conversion is. */
export interface Place {
  /** The definition whose own value is described here; undefined below a property or an item of it. */
  readonly of?: string | undefined;
  /** Levels of properties and items below the top of the argument. */
  readonly depth: number;
  /** References that were written out in place, one within the other. */
  readonly inlined: number;
  readonly throughAllOf: boolean;
  /** Properties of the value described here that only the API sends. */
  readonly readOnly: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/** The top of an argument. */
export const top: Place = { depth: 0, inlined: 0, throughAllOf: false, readOnly: none };

/** Below most keywords stands another part of the value, below some the same one. */
export function below(place: Place, keyword: string): Place {
  if (!IN_PLACE_KEYWORDS.includes(keyword))
    return { ...place, of: undefined, depth: place.depth + 1, readOnly: none };
  return keyword === 'allOf' ? { ...place, throughAllOf: true } : place;
}
