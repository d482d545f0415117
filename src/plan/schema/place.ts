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
  /** A part of what a subtype takes over: the base itself, and not all the kinds that it stands for. */
  readonly inherits: boolean;
  /** A part of a composition that refuses unknown members as a whole; the part itself must not. */
  readonly open: boolean;
  /** What was written out here for one of these two reasons, or as one of the kinds of something. */
  readonly bases: ReadonlySet<string>;
  /** What all the kinds are written out of here. */
  readonly choices: ReadonlySet<string>;
  /** The name of the property, or of the argument, that is described here. */
  readonly label: string;
}

const none: ReadonlySet<string> = new Set();

/** The top of an argument. */
export const top: Place = {
  depth: 0,
  inlined: 0,
  throughAllOf: false,
  readOnly: none,
  inherits: false,
  open: false,
  bases: none,
  choices: none,
  label: '',
};

const COMPOSING = ['allOf', 'anyOf', 'oneOf'];

/** Below most keywords stands another part of the value, below some the same one. */
export function below(place: Place, keyword: string): Place {
  if (!IN_PLACE_KEYWORDS.includes(keyword)) {
    const { inlined, throughAllOf, label } = place;
    return { ...top, depth: place.depth + 1, inlined, throughAllOf, label };
  }
  const open = place.open && COMPOSING.includes(keyword);
  const throughAllOf = place.throughAllOf || keyword === 'allOf';
  return { ...place, open, throughAllOf, inherits: false };
}
