import type { JsonObject } from '../../load/document.js';
import { IN_PLACE_KEYWORDS } from './keywords.js';

/** The current position of a conversion in the result. */
export interface Place {
  /** The definition whose own value is described here; undefined below a property or an item of it. */
  readonly of?: string | undefined;
  /** Depth of properties and items below the top of the argument. */
  readonly depth: number;
  /** The number of nested inlined references around this place. */
  readonly inlined: number;
  readonly throughAllOf: boolean;
  /** Part of a composition: other parts describe the same value. */
  readonly composed: boolean;
  /** Properties of the value described here that only the API sends. */
  readonly readOnly: ReadonlySet<string>;
  /** An inherited part: the base schema itself, without the kinds of its discriminator. */
  readonly inherits: boolean;
  /** A part of a composition that refuses unknown members as a whole; the part itself must not. */
  readonly open: boolean;
  /** Schemas inlined here for either of these reasons, or as a kind of a discriminator. */
  readonly bases: ReadonlySet<string>;
  /** The schemas whose kinds are being expanded here. */
  readonly choices: ReadonlySet<string>;
  /** The name of the property or argument described here. */
  readonly label: string;
}

const none: ReadonlySet<string> = new Set();

/** The top of an argument. */
export const top: Place = {
  depth: 0,
  inlined: 0,
  throughAllOf: false,
  composed: false,
  readOnly: none,
  inherits: false,
  open: false,
  bases: none,
  choices: none,
  label: '',
};

const COMPOSING = ['allOf', 'anyOf', 'oneOf'];

/** Most keywords of a schema lead to another part of the value, some to the same value. */
export function below(place: Place, schema: JsonObject, keyword: string): Place {
  if (!IN_PLACE_KEYWORDS.includes(keyword)) {
    const { inlined, throughAllOf, label } = place;
    return { ...top, depth: place.depth + 1, inlined, throughAllOf, label };
  }
  const open = place.open && COMPOSING.includes(keyword);
  const throughAllOf = place.throughAllOf || keyword === 'allOf';
  // Branches alone are alternatives to one another.
  const isAlone =
    ['anyOf', 'oneOf'].includes(keyword) && !('properties' in schema || 'allOf' in schema);
  const composed = place.composed || !isAlone;
  return { ...place, open, throughAllOf, composed, inherits: false };
}
