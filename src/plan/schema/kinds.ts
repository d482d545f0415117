import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, object, record, scalar } from '../../json.js';
import { refOf } from '../../pointer.js';
import { MOST_KINDS, type Discriminator, type Inheritance } from './inheritance.js';
import type { Journal } from './journal.js';
import { mayHave, withValue } from './merge.js';
import type { Place } from './place.js';
import type { ReferenceGraph } from './references.js';

/** The conversion that meets the kinds. */
export interface Converting {
  readonly graph: ReferenceGraph;
  readonly inheritance: Inheritance;
  readonly journal: Journal;
  /** Where in the result the conversion is. */
  readonly place: Place;
  /** Converts at another place, then returns to the current one. */
  at<T>(there: Place, work: () => T): T;
  /** Whether the parts of a schema at this place are not described. */
  isAtLimit(schema: Json): boolean;
  convert(schema: Json | undefined): JsonObject | boolean;
  convertObject(schema: JsonObject, isSubtype: boolean): JsonObject;
  readValue(keyword: string, value: Json): Json | undefined;
}

/** Converts schemas whose kinds a discriminator distinguishes. */
export class Kinds {
  readonly #in: Converting;
  /** Kinds are expanded down to this depth. */
  readonly #depth: number;

  constructor(conversion: Converting, depth: number) {
    this.#in = conversion;
    this.#depth = depth;
  }

  /** The target of a pointer: the schema, or all the kinds that its discriminator distinguishes. */
  target(pointer: string): JsonObject | boolean {
    const { graph, inheritance } = this.#in;
    const schema = graph.schema(pointer);
    const kinds = inheritance.kinds(pointer);
    const discriminator = inheritance.discriminator(pointer);
    if (discriminator === undefined || kinds.length === 0) return this.#in.convert(schema);
    const isExpanded = this.#areExpanded(kinds);
    const isBelowLimit = !this.#in.isAtLimit(schema);
    if (isExpanded && isBelowLimit) return this.#choice(pointer, discriminator, kinds);
    const values = kinds.flatMap((kind) => inheritance.values(discriminator, kind));
    const all = [...new Set([...this.#listed(schema, discriminator), ...values])];
    const converted = this.#in.convert(schema);
    const isListed = isBelowLimit && discriminator.fallback === undefined;
    return isListed ? withValue(converted, discriminator.property, all) : converted;
  }

  /** The values that a base itself lists. Some may need no members of their own, and so no kind. */
  #listed(schema: Json, { property }: Discriminator): readonly string[] {
    const member = object(object(object(schema)['properties'])[property]);
    const ref = refOf(member);
    const listed = object(ref === undefined ? member : this.#in.graph.schema(ref))['enum'];
    return array(listed).flatMap((value) => scalar(value) ?? []);
  }

  #areExpanded(kinds: readonly string[]): boolean {
    if (kinds.length > MOST_KINDS) return false;
    const { journal, place } = this.#in;
    journal.noteKinds(place);
    return place.depth <= this.#depth;
  }

  #choice(pointer: string, discriminator: Discriminator, kinds: readonly string[]) {
    const { graph, inheritance, place } = this.#in;
    const schema = graph.schema(pointer);
    const { title, description } = isObject(schema) ? schema : {};
    const there = { ...place, choices: new Set([...place.choices, pointer]) };
    const branch = (values: readonly string[], work: () => JsonObject | boolean) =>
      withValue(this.#in.at(there, work), discriminator.property, values);
    const own = () => this.#inPlace(schema);
    const branches = kinds.map((kind) =>
      branch(
        inheritance.values(discriminator, kind),
        kind === pointer ? own : () => this.base(kind),
      ),
    );
    const others = this.#listed(schema, discriminator).filter((value) =>
      branches.every((kind) => !mayHave(kind, discriminator.property, value)),
    );
    const unknown = new Set([...inheritance.unknown(discriminator, kinds), ...others]);
    if (unknown.size > 0) branches.push(branch([...unknown], own));
    return record<Json>([
      ['title', this.#in.readValue('title', title ?? null)],
      ['description', this.#in.readValue('description', description ?? null)],
      ['anyOf', branches],
    ]);
  }

  /** A schema inlined as the base of another one, without the kinds of its discriminator. */
  base(ref: string): JsonObject | boolean {
    return this.#partBy(ref, (schema) => this.#inPlace(schema));
  }

  /** A schema inlined as a part of another one. */
  part(ref: string): JsonObject | boolean {
    return this.#partBy(ref, (schema) => this.#in.convert(schema));
  }

  #partBy(ref: string, work: (schema: Json) => JsonObject | boolean): JsonObject | boolean {
    const { graph, place } = this.#in;
    if (place.bases.has(ref)) return {};
    const bases = new Set([...place.bases, ref]);
    return this.#in.at({ ...place, inherits: false, bases }, () => work(graph.schema(ref)));
  }

  #inPlace(schema: Json): JsonObject | boolean {
    const { inheritance } = this.#in;
    if (!isObject(schema) || inheritance.ownDiscriminator(schema) === undefined)
      return this.#in.convert(schema);
    const { oneOf: _, anyOf: __, discriminator: ___, ...own } = schema;
    return this.#in.convertObject(own, inheritance.isSubtype(schema));
  }

  /** The branches that a discriminator distinguishes, each with its values. */
  branches(value: Json, discriminator: Discriminator): Json[] | undefined {
    const { inheritance } = this.#in;
    const converted = array(value).map((branch) => {
      const ref = refOf(branch);
      const own = this.#in.convert(branch);
      if (ref === undefined || inheritance.kinds(ref).length > 0) return own;
      const values = inheritance.values(discriminator, ref);
      return withValue(own, discriminator.property, values);
    });
    return converted.length > 0 ? converted : undefined;
  }
}
