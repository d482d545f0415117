import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, record } from '../../json.js';
import { refOf } from '../../pointer.js';
import { MOST_KINDS, type Discriminator, type Inheritance } from './inheritance.js';
import type { Journal } from './journal.js';
import { withValue } from './merge.js';
import type { Place } from './place.js';
import type { ReferenceGraph } from './references.js';

/** The conversion that meets the kinds. */
export interface Converting {
  readonly graph: ReferenceGraph;
  readonly inheritance: Inheritance;
  readonly journal: Journal;
  /** Kinds are expanded down to this depth. */
  readonly kindsDepth: number;
  /** The current place. */
  readonly place: () => Place;
  /** Converts at another place, then returns to the current one. */
  readonly at: <T>(there: Place, work: () => T) => T;
  readonly isAtLimit: (schema: Json) => boolean;
  readonly convert: (schema: Json | undefined) => JsonObject | boolean;
  readonly convertObject: (schema: JsonObject, isSubtype: boolean) => JsonObject;
  readonly readValue: (keyword: string, value: Json) => Json | undefined;
}

/** Converts schemas whose kinds a discriminator distinguishes. */
export function createKinds(converting: Converting) {
  const { graph, inheritance, journal, kindsDepth } = converting;
  const { place, at, isAtLimit, convert, convertObject, readValue } = converting;
  return { target, base, part, branches };

  /** The target of a pointer: the schema, or all the kinds that its discriminator distinguishes. */
  function target(pointer: string): JsonObject | boolean {
    const schema = graph.schema(pointer);
    const kinds = inheritance.kinds(pointer);
    const discriminator = inheritance.discriminator(pointer);
    if (discriminator === undefined || kinds.length === 0) return convert(schema);
    const isExpanded = areExpanded(kinds);
    const isBelowLimit = !isAtLimit(schema);
    if (isExpanded && isBelowLimit) return choice(pointer, discriminator, kinds);
    const values = [...new Set(kinds.flatMap((kind) => inheritance.values(discriminator, kind)))];
    const converted = convert(schema);
    return isBelowLimit ? withValue(converted, discriminator.property, values) : converted;
  }

  function areExpanded(kinds: readonly string[]): boolean {
    if (kinds.length > MOST_KINDS) return false;
    journal.noteKinds(place());
    return place().depth <= kindsDepth;
  }

  function choice(pointer: string, discriminator: Discriminator, kinds: readonly string[]) {
    const schema = graph.schema(pointer);
    const { title, description } = isObject(schema) ? schema : {};
    const there = { ...place(), choices: new Set([...place().choices, pointer]) };
    const branches = kinds.map((kind) => {
      const branch = at(there, () => (kind === pointer ? inPlace(schema) : base(kind)));
      return withValue(branch, discriminator.property, inheritance.values(discriminator, kind));
    });
    const unknown = inheritance.unknown(discriminator, kinds);
    if (unknown.length > 0)
      branches.push(
        withValue(
          at(there, () => inPlace(schema)),
          discriminator.property,
          unknown,
        ),
      );
    return record<Json>([
      ['title', readValue('title', title ?? null)],
      ['description', readValue('description', description ?? null)],
      ['anyOf', branches],
    ]);
  }

  /** A schema inlined as the base of another one, without the kinds of its discriminator. */
  function base(ref: string): JsonObject | boolean {
    return part(ref, inPlace);
  }

  /** A schema inlined as a part of another one. */
  function part(ref: string, work: typeof convert = convert): JsonObject | boolean {
    const here = place();
    if (here.bases.has(ref)) return {};
    const bases = new Set([...here.bases, ref]);
    return at({ ...here, inherits: false, bases }, () => work(graph.schema(ref)));
  }

  function inPlace(schema: Json | undefined): JsonObject | boolean {
    if (!isObject(schema) || inheritance.ownDiscriminator(schema) === undefined)
      return convert(schema);
    const { oneOf: _, anyOf: __, discriminator: ___, ...own } = schema;
    return convertObject(own, inheritance.isSubtype(schema));
  }

  /** The branches that a discriminator distinguishes, each with its values. */
  function branches(value: Json, discriminator: Discriminator): Json[] | undefined {
    const converted = array(value).map((branch) => {
      const ref = refOf(branch);
      const own = convert(branch);
      if (ref === undefined || inheritance.kinds(ref).length > 0) return own;
      const values = inheritance.values(discriminator, ref);
      return withValue(own, discriminator.property, values);
    });
    return converted.length > 0 ? converted : undefined;
  }
}
