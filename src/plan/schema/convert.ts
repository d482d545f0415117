import type { Json, JsonObject } from '../../load/document.js';
import { ANNOTATIONS } from '../../../templates/src/runtime/upstream/arguments.js';
import { array, isObject, put, record } from '../../json.js';
import { refOf } from '../../pointer.js';
import { asBase64, beside, finish, loosen, normalize } from './adjust.js';
import { asOpened, closesAsWhole, hasClosed, opened, readOpened } from './closed.js';
import { createDefinitions } from './definitions.js';
import { createInheritance, type Inheritance } from './inheritance.js';
import {
  isPattern,
  readKeyword,
  SCHEMA_ARRAY_KEYWORDS,
  SCHEMA_KEYWORDS,
  SCHEMA_MAP_KEYWORDS,
  SUBSCHEMA_KEYWORDS,
} from './keywords.js';
import { Kinds, type Converting } from './kinds.js';
import { below, COMPOSING, isFlat, joins, top, type Place } from './place.js';
import { isReadOnly, readOnlyNames, withoutRequired } from './read-only.js';
import type { ConversionOptions } from './options.js';
import type { ReferenceGraph } from './references.js';
import { Journal } from './journal.js';
import { withoutContradiction } from './contradiction.js';
import { createShared, INLINE_DEPTH, isFree, type Limits, type Shared } from './shared.js';
import { isExplained, shorten, withoutTexts } from './shorten.js';

/** A schema up to this size is inlined wherever it is mentioned; a larger one that is mentioned again is shared. */
const INLINE_CHARACTERS = 512;

/** One pass over the schemas of an operation's arguments, which become JSON Schema 2020-12 with their own `$defs`. */
export class Conversion implements Converting {
  readonly graph: ReferenceGraph;
  readonly inheritance: Inheritance;
  readonly journal: Journal;
  readonly #limits: Limits;
  readonly #shared: Shared;
  readonly #definitions = createDefinitions();
  readonly #kinds: Kinds;
  #place = top;

  constructor(graph: ReferenceGraph, options: ConversionOptions = {}) {
    this.graph = graph;
    this.inheritance = options.inheritance ?? createInheritance({});
    this.journal = new Journal(options.characters, options.onKinds);
    this.#limits = limitsOf(options);
    this.#shared = options.shared ?? createShared();
    this.#kinds = new Kinds(this, this.#limits.kindsDepth);
  }

  /** `label` names the argument in what is noted as shortened. @throws TooLong */
  convertArgument(schema: Json | undefined, label = ''): JsonObject | boolean {
    return this.at({ ...top, label }, () => this.convert(schema));
  }

  /** The targets of references, for the root's `$defs`; undefined when there are none. */
  definitions(): JsonObject | undefined {
    return this.#definitions.write((named, depth) => {
      const { pointer, isOpened } = readOpened(named);
      const label = pointer.split('/').at(-1) ?? '';
      const joined = new Set([pointer]);
      const there = { ...top, of: pointer, joined, depth, label, open: isOpened };
      return this.at(there, () => (isOpened ? this.#kinds.part(pointer) : this.#once(pointer)));
    });
  }

  /** How often each pointer was referred to, once everything is converted. */
  get mentions(): ReadonlyMap<string, number> {
    return this.#definitions.mentions;
  }

  get place(): Place {
    return this.#place;
  }

  at<T>(there: Place, work: () => T): T {
    const here = this.#place;
    this.#place = there;
    try {
      return work();
    } finally {
      this.#place = here;
    }
  }

  convert(schema: Json | undefined): JsonObject | boolean {
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema)) return {};
    const ref = refOf(schema);
    if (ref === undefined) return this.convertObject(schema);
    const { $ref: _, ...rest } = schema;
    const isRule = (key: string) => !ANNOTATIONS.includes(key) && isRead(key, rest[key]);
    if (Object.keys(rest).some(isRule))
      return this.convertObject({ ...rest, allOf: [{ $ref: ref }, ...array(rest['allOf'])] });
    return beside(this.#reference(ref), this.convertObject(rest));
  }

  convertObject(source: JsonObject, isSubtype = this.inheritance.isSubtype(source)): JsonObject {
    const { graph, place } = this;
    const schema = withoutContradiction(normalize(source), graph);
    const names = readOnlyNames(schema, graph);
    const readOnly = names.size === 0 ? place.readOnly : new Set([...place.readOnly, ...names]);
    const closes = !place.open && closesAsWhole(schema, graph);
    const there = { ...place, readOnly, open: place.open || closes };
    return this.at(there, () => this.#described(schema, isSubtype, closes));
  }

  /** `closes`: unknown members are refused here, on behalf of the parts. */
  #described(schema: JsonObject, isSubtype: boolean, closes: boolean): JsonObject {
    const { journal } = this;
    const { loosened, unlisted } = journal;
    const { open, readOnly, composed } = this.place;
    const values = this.#values(schema);
    journal.count(JSON.stringify(values).length);
    const whole = { ...values, ...record(this.#nested(schema, isSubtype)) };
    const exact = journal.loosened === loosened;
    const isAsMeant = exact && journal.unlisted === unlisted;
    const described = finish(isAsMeant ? whole : loosen(whole), schema);
    const result = open ? opened(described) : described;
    if (closes && exact) result['unevaluatedProperties'] = false;
    const encoded = this.#limits.binaryAsBase64 ? asBase64(result) : result;
    return withoutRequired(encoded, readOnly, composed);
  }

  readValue(keyword: string, value: Json): Json | undefined {
    const read = readKeyword(keyword, value);
    if (keyword === 'pattern' && read === undefined) this.journal.loosened += 1;
    return read;
  }

  isAtLimit(schema: Json): boolean {
    const { depth } = this.place;
    this.journal.reach('parts', depth);
    return depth >= this.#limits.depth && !this.graph.isSmall(schema, this.#limits.small);
  }

  /** The target of a pointer, which another conversion may have made in the same way. */
  #once(pointer: string): JsonObject | boolean {
    const [limits, shared, place] = [this.#limits, this.#shared, this.place];
    const known = shared.find(pointer, place, limits);
    if (known === undefined) {
      const made = this.journal.record(place, () => this.#kinds.target(pointer));
      shared.keep(pointer, place, limits, made);
      return made.schema;
    }
    this.journal.repeat(known, place);
    for (const [ref, depth] of known.refers) this.#definitions.refer(ref, place.depth + depth);
    return known.schema;
  }

  #reference(ref: string): JsonObject | boolean {
    const { graph, inheritance, place } = this;
    const schema = graph.schema(ref);
    if (place.inherits && inheritance.discriminator(ref) !== undefined)
      return this.#kinds.base(ref);
    // A validator would loop forever, and a schema that contains itself adds nothing but its other parts.
    if (place.of !== undefined && graph.closes(ref, place.of, place.throughAllOf))
      return place.throughAllOf && joins(ref, place) ? this.#kinds.part(ref) : {};
    if (place.bases.has(ref) || place.choices.has(ref)) return {};
    const isOpened = place.open && hasClosed(schema, graph);
    const named = isOpened ? asOpened(ref) : ref;
    // What is inlined does not lead back to here.
    if (this.#isInlined(ref, named)) return this.#inlined(ref, isOpened);
    if (this.isAtLimit(schema)) return this.#outline(schema);
    this.journal.refers.push([named, place.depth]);
    return this.#definitions.refer(named, place.depth);
  }

  #isInlined(ref: string, named: string): boolean {
    const { graph, inheritance, journal, place } = this;
    if (graph.isRecursive(ref)) return false;
    journal.reach('inlined', place.inlined);
    if (place.inlined >= INLINE_DEPTH) return false;
    journal.single.push(named);
    if (this.#limits.mentionedOnce?.has(named) === true) return true;
    return inheritance.kinds(ref).length === 0 && graph.isWithin(ref, INLINE_CHARACTERS);
  }

  #inlined(ref: string, isOpened: boolean): JsonObject | boolean {
    const isShared = isFree(this.place);
    return this.at({ ...this.place, inlined: this.place.inlined + 1 }, () => {
      if (isOpened) return this.#kinds.part(ref);
      return isShared ? this.#once(ref) : this.#kinds.target(ref);
    });
  }

  #nested(schema: JsonObject, isSubtype: boolean): (readonly [string, Json | undefined])[] {
    if (this.isAtLimit(schema) && !isFlat(schema, this.graph)) return this.#outermost(schema);
    const entries: (readonly [string, Json | undefined])[] = [];
    const each = (
      keywords: readonly string[],
      work: (value: Json, keyword: string) => Json | undefined,
    ) => {
      for (const keyword of keywords) {
        const value = schema[keyword];
        if (value === undefined) continue;
        const inherits = isSubtype && keyword === 'allOf';
        const there = { ...below(this.place, schema, keyword), inherits };
        entries.push([keyword, this.at(there, () => work(value, keyword))]);
      }
    };
    const discriminator = this.inheritance.ownDiscriminator(schema);
    each(SCHEMA_KEYWORDS, (value) => this.convert(value));
    each(SCHEMA_ARRAY_KEYWORDS, (value, keyword) =>
      discriminator !== undefined && CHOICES.includes(keyword)
        ? this.#kinds.branches(value, discriminator)
        : this.#list(value),
    );
    each(SCHEMA_MAP_KEYWORDS, (value, keyword) => this.#map(value, keyword));
    return entries;
  }

  /** At the depth limit: only keywords for the value itself, none for its parts. */
  #outermost(schema: JsonObject): (readonly [string, Json | undefined])[] {
    this.journal.loosened += 1;
    this.journal.truncated += 1;
    return COMPOSING.map((key) => [key, this.#list(schema[key])] as const);
  }

  /** Keywords for the value of a reference's target, and for nothing inside it. */
  #outline(schema: Json): JsonObject {
    this.journal.loosened += 1;
    this.journal.truncated += 1;
    const described = isObject(schema) ? normalize(schema) : {};
    return finish(this.#values(described), {});
  }

  #values(schema: JsonObject): JsonObject {
    const { journal, place } = this;
    const { texts, textsDepth } = this.#limits;
    const values: JsonObject = {};
    for (const key of Object.keys(schema)) {
      const value = this.readValue(key, schema[key] ?? null);
      if (value !== undefined) values[key] = value;
    }
    if (isExplained(values)) journal.reach('texts', place.depth);
    const allowed = place.depth > textsDepth ? withoutTexts(texts) : texts;
    const short =
      allowed === undefined ? values : shorten(values, allowed, place.label, journal.shortened);
    if (values['enum'] !== undefined && short['enum'] === undefined) journal.unlisted += 1;
    return short;
  }

  #list(value: Json | undefined): Json[] | undefined {
    return Array.isArray(value) && value.length > 0
      ? value.map((item) => this.convert(item))
      : undefined;
  }

  #map(value: Json, keyword: string): Json | undefined {
    if (!isObject(value)) return undefined;
    const members: JsonObject = {};
    for (const [key, schema] of Object.entries(value)) {
      const isKept =
        keyword === 'patternProperties' ? isPattern(key) : !isReadOnly(schema, this.graph);
      if (!isKept) continue;
      this.journal.count(key.length);
      const there = { ...this.place, label: key };
      put(
        members,
        key,
        this.at(there, () => this.convert(schema)),
      );
    }
    return members;
  }
}

function limitsOf({ depth, small, kindsDepth, textsDepth, ...others }: ConversionOptions): Limits {
  return {
    ...others,
    depth: depth ?? Infinity,
    small: small ?? 0,
    kindsDepth: kindsDepth ?? Infinity,
    textsDepth: textsDepth ?? Infinity,
  };
}

const CHOICES = ['anyOf', 'oneOf'];

/** Whether any part of a keyword is used in a tool's schema. */
function isRead(keyword: string, value: Json | undefined): boolean {
  return SUBSCHEMA_KEYWORDS.includes(keyword) || readKeyword(keyword, value ?? null) !== undefined;
}
