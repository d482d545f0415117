import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, put, record } from '../../json.js';
import { refOf } from '../../pointer.js';
import { asBase64, beside, finish, loosen, normalize } from './adjust.js';
import { asOpened, closesAsWhole, hasClosed, opened, readOpened } from './closed.js';
import { createDefinitions } from './definitions.js';
import { createInheritance } from './inheritance.js';
import {
  ANNOTATIONS,
  isPattern,
  readKeyword,
  SCHEMA_ARRAY_KEYWORDS,
  SCHEMA_KEYWORDS,
  SCHEMA_MAP_KEYWORDS,
  SUBSCHEMA_KEYWORDS,
} from './keywords.js';
import { createKinds } from './kinds.js';
import { below, COMPOSING, isFlat, joins, top, type Place } from './place.js';
import { isReadOnly, readOnlyNames, withoutRequired } from './read-only.js';
import type { ConversionOptions } from './options.js';
import type { ReferenceGraph } from './references.js';
import { createJournal } from './journal.js';
import { withoutContradiction } from './contradiction.js';
import { createShared, INLINE_DEPTH, isFree } from './shared.js';
import { isExplained, shorten, withoutTexts, type Shortened } from './shorten.js';

/** One pass over the schemas of an operation's arguments, which become JSON Schema 2020-12 with their own `$defs`. */
export interface Conversion {
  /** `label` names the argument in `shortened`. @throws TooLong */
  convert(schema: Json | undefined, label?: string): JsonObject | boolean;
  /** The targets of references, for the root's `$defs`; undefined when there are none. */
  definitions(): JsonObject | undefined;
  /** How often each pointer was referred to, once everything is converted. */
  readonly mentions: ReadonlyMap<string, number>;
  /** Everything that was shortened, once everything is converted. */
  readonly shortened: readonly Shortened[];
  /** The characters that count towards the maximum. */
  written(): number;
  /** Whether the schema is truncated because of its depth. */
  isTruncated(): boolean;
}

/** A schema up to this size is inlined wherever it is mentioned; a larger one that is mentioned again is shared. */
const INLINE_CHARACTERS = 512;

export function createConversion(
  graph: ReferenceGraph,
  {
    binaryAsBase64 = false,
    inheritance = createInheritance({}),
    kindsDepth = Infinity,
    onKinds,
    mentionedOnce,
    depth: limit = Infinity,
    small = 0,
    textsDepth = Infinity,
    characters = Infinity,
    texts,
    shared = createShared(),
  }: ConversionOptions = {},
): Conversion {
  const definitions = createDefinitions();
  const journal = createJournal(characters, onKinds);
  const limits = {
    binaryAsBase64,
    texts,
    mentionedOnce,
    depth: limit,
    small,
    kindsDepth,
    textsDepth,
  };
  const bare = withoutTexts(texts);
  let place = top;
  const { target, base, part, branches } = createKinds({
    graph,
    inheritance,
    journal,
    kindsDepth,
    place: () => place,
    at,
    isAtLimit,
    convert,
    convertObject,
    readValue,
  });
  return {
    convert: (schema, label = '') => at({ ...top, label }, () => convert(schema)),
    mentions: definitions.mentions,
    shortened: journal.shortened,
    written: () => journal.written,
    isTruncated: () => journal.truncated > 0,
    definitions: () =>
      definitions.write((named, depth) => {
        const { pointer, isOpened } = readOpened(named);
        const label = pointer.split('/').at(-1) ?? '';
        const there = {
          ...top,
          of: pointer,
          joined: new Set([pointer]),
          depth,
          label,
          open: isOpened,
        };
        return at(there, () => (isOpened ? part(pointer) : once(pointer)));
      }),
  };

  /** The target of a pointer, which another conversion may have made in the same way. */
  function once(pointer: string): JsonObject | boolean {
    const known = shared.find(pointer, place, limits);
    if (known === undefined) {
      const made = journal.record(place, () => target(pointer));
      shared.keep(pointer, place, limits, made);
      return made.schema;
    }
    journal.repeat(known, place);
    for (const [ref, depth] of known.refers) definitions.refer(ref, place.depth + depth);
    return known.schema;
  }

  function convert(schema: Json | undefined): JsonObject | boolean {
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema)) return {};
    const ref = refOf(schema);
    if (ref === undefined) return convertObject(schema);
    const { $ref: _, ...rest } = schema;
    const keys = Object.keys(rest).filter(
      (key) => !ANNOTATIONS.includes(key) && isRead(key, rest[key]),
    );
    if (keys.length > 0)
      return convertObject({ ...rest, allOf: [{ $ref: ref }, ...array(rest['allOf'])] });
    return beside(reference(ref), convertObject(rest));
  }

  /** Converts at another place of the schema, then returns to this one. */
  function at<T>(there: Place, work: () => T): T {
    const here = place;
    place = there;
    try {
      return work();
    } finally {
      place = here;
    }
  }

  function reference(ref: string): JsonObject | boolean {
    const schema = graph.schema(ref);
    if (place.inherits && inheritance.discriminator(ref) !== undefined) return base(ref);
    // A validator would loop forever, and a schema that contains itself adds nothing but its other parts.
    if (place.of !== undefined && graph.closes(ref, place.of, place.throughAllOf))
      return place.throughAllOf && joins(ref, place) ? part(ref) : {};
    if (place.bases.has(ref) || place.choices.has(ref)) return {};
    const isOpened = place.open && hasClosed(schema, graph);
    const named = isOpened ? asOpened(ref) : ref;
    // What is inlined does not lead back to here.
    if (isInlined(ref, named)) {
      const inlined = isOpened ? part : isFree(place) ? once : target;
      return at({ ...place, inlined: place.inlined + 1 }, () => inlined(ref));
    }
    if (isAtLimit(schema)) return outline(schema);
    journal.refers.push([named, place.depth]);
    return definitions.refer(named, place.depth);
  }

  /** Whether the parts of a schema at this place are not described. */
  function isAtLimit(schema: Json): boolean {
    journal.reach('parts', place.depth);
    return place.depth >= limit && !graph.isSmall(schema, small);
  }

  function isInlined(ref: string, named: string): boolean {
    if (graph.isRecursive(ref)) return false;
    journal.reach('inlined', place.inlined);
    if (place.inlined >= INLINE_DEPTH) return false;
    journal.single.push(named);
    if (mentionedOnce?.has(named) === true) return true;
    return inheritance.kinds(ref).length === 0 && graph.isWithin(ref, INLINE_CHARACTERS);
  }

  function convertObject(
    source: JsonObject,
    isSubtype = inheritance.isSubtype(source),
  ): JsonObject {
    const schema = withoutContradiction(normalize(source), graph);
    const names = readOnlyNames(schema, graph);
    const readOnly = names.size === 0 ? place.readOnly : new Set([...place.readOnly, ...names]);
    const closes = !place.open && closesAsWhole(schema, graph);
    return at({ ...place, readOnly, open: place.open || closes }, () => {
      const { loosened, unlisted } = journal;
      const values = readValues(schema);
      journal.count(JSON.stringify(values).length);
      const whole = { ...values, ...record(nested(schema, isSubtype)) };
      const exact = journal.loosened === loosened;
      const described = finish(
        exact && journal.unlisted === unlisted ? whole : loosen(whole),
        schema,
      );
      const composed = place.open ? opened(described) : described;
      if (closes && exact) composed['unevaluatedProperties'] = false;
      return withoutRequired(
        binaryAsBase64 ? asBase64(composed) : composed,
        readOnly,
        place.composed,
      );
    });
  }

  function nested(schema: JsonObject, isSubtype: boolean): (readonly [string, Json | undefined])[] {
    if (isAtLimit(schema) && !isFlat(schema, graph)) return outermost(schema);
    const entries: (readonly [string, Json | undefined])[] = [];
    const each = (
      keywords: readonly string[],
      work: (value: Json, keyword: string) => Json | undefined,
    ) => {
      for (const keyword of keywords) {
        const value = schema[keyword];
        if (value === undefined) continue;
        const inherits = isSubtype && keyword === 'allOf';
        const there = { ...below(place, schema, keyword), inherits };
        entries.push([keyword, at(there, () => work(value, keyword))]);
      }
    };
    const discriminator = inheritance.ownDiscriminator(schema);
    const list = (value: Json, keyword: string) =>
      discriminator !== undefined && CHOICES.includes(keyword)
        ? branches(value, discriminator)
        : convertList(value);
    each(SCHEMA_KEYWORDS, convert);
    each(SCHEMA_ARRAY_KEYWORDS, list);
    each(SCHEMA_MAP_KEYWORDS, convertMap);
    return entries;
  }

  /** At the depth limit: only keywords for the value itself, none for its parts. */
  function outermost(schema: JsonObject): (readonly [string, Json | undefined])[] {
    journal.loosened += 1;
    journal.truncated += 1;
    return COMPOSING.map((key) => [key, convertList(schema[key])] as const);
  }

  /** Keywords for the value of a reference's target, and for nothing inside it. */
  function outline(schema: Json): JsonObject {
    journal.loosened += 1;
    journal.truncated += 1;
    const described = isObject(schema) ? normalize(schema) : {};
    return finish(readValues(described), {});
  }

  function readValues(schema: JsonObject): JsonObject {
    const values: JsonObject = {};
    for (const key of Object.keys(schema)) {
      const value = readValue(key, schema[key] ?? null);
      if (value !== undefined) values[key] = value;
    }
    if (isExplained(values)) journal.reach('texts', place.depth);
    const allowed = place.depth > textsDepth ? bare : texts;
    const short =
      allowed === undefined ? values : shorten(values, allowed, place.label, journal.shortened);
    if (values['enum'] !== undefined && short['enum'] === undefined) journal.unlisted += 1;
    return short;
  }

  function readValue(keyword: string, value: Json): Json | undefined {
    const read = readKeyword(keyword, value);
    if (keyword === 'pattern' && read === undefined) journal.loosened += 1;
    return read;
  }

  function convertList(value: Json | undefined): Json[] | undefined {
    return Array.isArray(value) && value.length > 0
      ? value.map((item) => convert(item))
      : undefined;
  }

  function convertMap(value: Json, keyword: string): Json | undefined {
    if (!isObject(value)) return undefined;
    const members: JsonObject = {};
    for (const [key, schema] of Object.entries(value)) {
      const isKept = keyword === 'patternProperties' ? isPattern(key) : !isReadOnly(schema, graph);
      if (!isKept) continue;
      journal.count(key.length);
      put(
        members,
        key,
        at({ ...place, label: key }, () => convert(schema)),
      );
    }
    return members;
  }
}

const CHOICES = ['anyOf', 'oneOf'];

/** Whether any part of a keyword is used in a tool's schema. */
function isRead(keyword: string, value: Json | undefined): boolean {
  return SUBSCHEMA_KEYWORDS.includes(keyword) || readKeyword(keyword, value ?? null) !== undefined;
}
