import type { Json, JsonObject } from '../../load/document.js';
import { isObject, record } from '../../json.js';
import { refOf } from '../reference.js';
import { asBase64, beside, finish, loosen, normalize } from './adjust.js';
import { createDefinitions } from './definitions.js';
import { ALTERNATIVES, isFlat } from './flat.js';
import {
  isPattern,
  readKeyword,
  SCHEMA_ARRAY_KEYWORDS,
  SCHEMA_KEYWORDS,
  SCHEMA_MAP_KEYWORDS,
} from './keywords.js';
import { below, top, type Place } from './place.js';
import { isReadOnly, readOnlyNames, withoutRequired } from './read-only.js';
import type { ReferenceGraph } from './references.js';

/** One pass over the schemas of an operation's arguments, which become JSON Schema 2020-12 with `$defs` of their own. */
export interface Conversion {
  /** @throws TooLong */
  convert(schema: Json | undefined): JsonObject | boolean;
  /** What the converted schemas refer to, for the root's `$defs`; undefined when nothing does. */
  definitions(): JsonObject | undefined;
  /** How often each pointer was referred to, once all is converted. */
  readonly mentions: ReadonlyMap<string, number>;
}

export interface ConversionOptions {
  /** Binary content becomes base64, as in multipart parts; in JSON it stays what the document says. */
  readonly binaryAsBase64?: boolean;
  /** Pointers that were referred to once, as far as is known: they are written out in place. */
  readonly mentionedOnce?: ReadonlySet<string>;
  /** What is nested deeper in an argument is left open; default: nothing is. */
  readonly depth?: number;
  /** About how many characters the result may have; default: any number. */
  readonly characters?: number;
}

/** The result would be longer than it may be. */
export class TooLong extends Error {}

/** Written out wherever it is mentioned, up to this many characters; repeated more often than that, it is shared. */
const INLINE_CHARACTERS = 512;

/** Inlined into one another no deeper than this: the call stack of whoever reads the result has an end. */
const INLINE_DEPTH = 32;

export function createConversion(
  graph: ReferenceGraph,
  {
    binaryAsBase64 = false,
    mentionedOnce,
    depth: limit = Infinity,
    characters = Infinity,
  }: ConversionOptions = {},
): Conversion {
  const definitions = createDefinitions();
  let place = top;
  let loosened = 0;
  let written = 0;
  return {
    convert,
    mentions: definitions.mentions,
    definitions: () =>
      definitions.write((pointer, depth) =>
        at({ ...top, of: pointer, depth }, () => convert(graph.schema(pointer))),
      ),
  };

  function convert(schema: Json | undefined): JsonObject | boolean {
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema)) return {};
    const ref = refOf(schema);
    if (ref === undefined) return convertObject(schema);
    const { $ref: _, ...rest } = schema;
    return beside(reference(ref), convertObject(rest));
  }

  /** Converts at another place of the schema, and comes back. */
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
    // Whoever validates would go round for ever; a schema adds nothing to itself anyway.
    if (place.of !== undefined && graph.closes(ref, place.of, place.throughAllOf)) return {};
    if (isInlined(ref)) return at({ ...place, inlined: place.inlined + 1 }, () => convert(schema));
    return place.depth >= limit ? outline(schema) : definitions.refer(ref, place.depth);
  }

  function isInlined(ref: string): boolean {
    if (graph.isRecursive(ref) || place.inlined >= INLINE_DEPTH) return false;
    return mentionedOnce?.has(ref) === true || graph.isWithin(ref, INLINE_CHARACTERS);
  }

  function convertObject(source: JsonObject): JsonObject {
    const schema = normalize(source);
    const readOnly = new Set([...place.readOnly, ...readOnlyNames(schema, graph)]);
    return at({ ...place, readOnly }, () => {
      const before = loosened;
      const values = record(
        Object.entries(schema).map(([key, value]) => [key, readValue(key, value)]),
      );
      count(JSON.stringify(values).length);
      const whole = { ...values, ...record(nested(schema)) };
      const described = finish(loosened === before ? whole : loosen(whole), schema);
      return withoutRequired(binaryAsBase64 ? asBase64(described) : described, readOnly);
    });
  }

  function nested(schema: JsonObject): (readonly [string, Json | undefined])[] {
    if (place.depth >= limit && !isFlat(schema, graph)) return outermost(schema);
    const each = (
      keywords: readonly string[],
      work: (value: Json, keyword: string) => Json | undefined,
    ) =>
      keywords
        .filter((keyword) => schema[keyword] !== undefined)
        .map((keyword) => {
          const value = schema[keyword] ?? null;
          return [keyword, at(below(place, keyword), () => work(value, keyword))] as const;
        });
    return [
      ...each(SCHEMA_KEYWORDS, convert),
      ...each(SCHEMA_ARRAY_KEYWORDS, convertList),
      ...each(SCHEMA_MAP_KEYWORDS, convertMap),
    ];
  }

  /** At the limit: what describes the value itself. What describes its parts is left open. */
  function outermost(schema: JsonObject): (readonly [string, Json | undefined])[] {
    loosened += 1;
    return ALTERNATIVES.map((key) => [key, convertList(schema[key])] as const);
  }

  /** Value keywords of what a reference leads to, and of nothing in it. */
  function outline(schema: Json): JsonObject {
    loosened += 1;
    const described = isObject(schema) ? normalize(schema) : {};
    return record(Object.entries(described).map(([key, value]) => [key, readValue(key, value)]));
  }

  function readValue(keyword: string, value: Json): Json | undefined {
    const read = readKeyword(keyword, value);
    if (keyword === 'pattern' && read === undefined) loosened += 1;
    return read;
  }

  function convertList(value: Json | undefined): Json[] | undefined {
    return Array.isArray(value) && value.length > 0
      ? value.map((item) => convert(item))
      : undefined;
  }

  function convertMap(value: Json, keyword: string): Json | undefined {
    if (!isObject(value)) return undefined;
    const entries = Object.entries(value).filter(([key, schema]) =>
      keyword === 'patternProperties' ? isPattern(key) : !isReadOnly(schema, graph),
    );
    return record<Json>(
      entries.map(([key, schema]) => {
        count(key.length);
        return [key, convert(schema)];
      }),
    );
  }

  function count(length: number): void {
    written += length;
    if (written > characters) throw new TooLong();
  }
}
