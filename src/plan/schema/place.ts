import type { Json, JsonObject } from '../../load/document.js';
import { isObject } from '../../json.js';
import { refOf } from '../../pointer.js';
import { IN_PLACE_KEYWORDS, SUBSCHEMA_KEYWORDS } from './keywords.js';
import type { ReferenceGraph } from './references.js';

/** The current position of a conversion in the result. */
export interface Place {
  /** The definition whose own value is described here; undefined below a property or an item of it. */
  readonly of?: string | undefined;
  /** That definition, and the schemas of its circle of `allOf` that are inlined in it, each once. */
  readonly joined?: Set<string> | undefined;
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

/** More schemas in one circle are not described. */
const MOST_JOINED = 100;

/** Whether a schema of a circle is inlined here, which is then noted. */
export function joins(ref: string, { joined }: Place): boolean {
  if (joined === undefined || joined.has(ref) || joined.size > MOST_JOINED) return false;
  joined.add(ref);
  return true;
}

/** Keywords whose schemas all describe the value itself, so that they add no depth. */
export const COMPOSING = ['allOf', 'anyOf', 'oneOf'];

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

/** Whether a schema leaves the parts of a value undescribed, or has one simple description for all items or members. */
export function isFlat(schema: JsonObject, graph: ReferenceGraph): boolean {
  const parts = SUBSCHEMA_KEYWORDS.filter(
    (key) => schema[key] !== undefined && !COMPOSING.includes(key),
  );
  if (parts.length === 0) return true;
  const uniform = parts.length === 1 && ['items', 'additionalProperties'].includes(parts[0] ?? '');
  return uniform && isLeaf(schema[parts[0] ?? ''], graph);
}

function isLeaf(schema: Json | undefined, graph: ReferenceGraph): boolean {
  if (!isObject(schema)) return true;
  const ref = refOf(schema);
  if (ref !== undefined) return !graph.isRecursive(ref) && isLeaf(graph.schema(ref), graph);
  return SUBSCHEMA_KEYWORDS.every((key) => schema[key] === undefined);
}
