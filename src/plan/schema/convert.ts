import type { Json, JsonObject } from '../../load/document.js';
import { byCodeUnit, isObject, record, texts } from '../../json.js';
import { refOf } from '../reference.js';
import { shortHash } from '../names.js';
import { asBase64, beside, describePattern, normalize, scalarSets } from './adjust.js';
import {
  IN_PLACE_KEYWORDS,
  isPattern,
  readKeyword,
  SCHEMA_ARRAY_KEYWORDS,
  SCHEMA_KEYWORDS,
  SCHEMA_MAP_KEYWORDS,
} from './keywords.js';
import type { ReferenceGraph } from './references.js';

/** Turns schemas of the document into one self-contained JSON Schema 2020-12 for a tool's arguments. */
export interface SchemaConverter {
  /** @throws BrokenReference */
  convert(schema: Json | undefined): JsonObject | boolean;
  /** What the converted schemas refer to, for the root's `$defs`; undefined when nothing does. */
  definitions(): JsonObject | undefined;
}

export interface ConvertOptions {
  /** All schemas that will be converted: what only one of them mentions, once, is written out in place. */
  readonly schemas: readonly Json[];
  /** Binary content becomes base64, as in multipart parts; in JSON it stays what the document says. */
  readonly binaryAsBase64?: boolean;
}

/** Written out wherever it is mentioned, up to this many characters; repeated more often than that, it is shared. */
const INLINE_CHARACTERS = 512;

/** Inlined into one another no deeper than this: the call stack of whoever reads the result has an end. */
const INLINE_DEPTH = 32;

/** Where in the result the conversion is. */
interface Place {
  /** The definition whose own value is described here; undefined below a property or an item of it. */
  readonly of?: string | undefined;
  readonly inlined: number;
  readonly throughAllOf: boolean;
}

export function createSchemaConverter(
  graph: ReferenceGraph,
  options: ConvertOptions,
): SchemaConverter {
  const uses = graph.uses({ allOf: [...options.schemas] });
  const definitions = new Map<string, JsonObject | boolean | undefined>();
  const waiting: { name: string; ref: string }[] = [];
  let place: Place = { inlined: 0, throughAllOf: false };
  let loosened = 0;
  return { convert, definitions: writeDefinitions };

  function convert(schema: Json | undefined): JsonObject | boolean {
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema)) return {};
    const ref = refOf(schema);
    if (ref === undefined) return convertObject(schema);
    const { $ref: _, ...rest } = schema;
    return beside(reference(ref), convertObject(rest));
  }

  /** Converts at another place of the schema, and comes back. */
  function at<T>(there: Partial<Place>, work: () => T): T {
    const here = place;
    place = { ...here, ...there };
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
    if (isInlined(ref)) return at({ inlined: place.inlined + 1 }, () => convert(schema));
    const name = definitionName(ref);
    if (!definitions.has(name)) waiting.push({ name, ref });
    if (!definitions.has(name)) definitions.set(name, undefined);
    return { $ref: `#/$defs/${name}` };
  }

  function isInlined(ref: string): boolean {
    if (graph.isRecursive(ref) || place.inlined >= INLINE_DEPTH) return false;
    return uses.get(ref) === 1 || graph.expandedSize(ref) <= INLINE_CHARACTERS;
  }

  // One after the other, not one within the other: chains of references are longer than the call stack.
  function writeDefinitions(): JsonObject | undefined {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { name, ref } = next;
      const there = { of: ref, inlined: 0, throughAllOf: false };
      definitions.set(
        name,
        at(there, () => convert(graph.schema(ref))),
      );
    }
    if (definitions.size === 0) return undefined;
    return record([...definitions].sort(([a], [b]) => byCodeUnit(a, b)));
  }

  function convertObject(source: JsonObject): JsonObject {
    const schema = normalize(source);
    const before = loosened;
    const values = Object.entries(schema).map(
      ([key, value]) => [key, readValue(key, value)] as const,
    );
    const nested = [
      ...SCHEMA_KEYWORDS.map((key) => [key, below(key, () => convertOne(schema[key]))] as const),
      ...SCHEMA_ARRAY_KEYWORDS.map(
        (key) => [key, below(key, () => convertList(schema[key]))] as const,
      ),
      ...SCHEMA_MAP_KEYWORDS.map(
        (key) => [key, below(key, () => convertMap(key, schema[key]))] as const,
      ),
    ];
    const result = describePattern(
      scalarSets(loosenAround(record<Json>([...values, ...nested]), before)),
      schema,
    );
    return withoutReadOnly(options.binaryAsBase64 === true ? asBase64(result) : result, schema);
  }

  function readValue(keyword: string, value: Json): Json | undefined {
    const read = readKeyword(keyword, value);
    if (keyword === 'pattern' && read === undefined) loosened += 1;
    return read;
  }

  /**
   * A schema that lost a pattern accepts more than it should. Under keywords that count or negate matches that would
   * refuse what is right, so there the keyword is loosened too.
   */
  function loosenAround(result: JsonObject, before: number): JsonObject {
    if (loosened === before) return result;
    const { oneOf, not: _not, if: _if, then: _then, else: _else, ...rest } = result;
    return oneOf === undefined ? rest : { ...rest, anyOf: oneOf };
  }

  /** Below most keywords stands another part of the value, below some the same one. */
  function below<T>(keyword: string, work: () => T): T {
    if (!IN_PLACE_KEYWORDS.includes(keyword)) return at({ of: undefined }, work);
    return keyword === 'allOf' ? at({ throughAllOf: true }, work) : work();
  }

  function convertOne(value: Json | undefined): Json | undefined {
    return value === undefined ? undefined : convert(value);
  }

  function convertList(value: Json | undefined): Json | undefined {
    return Array.isArray(value) && value.length > 0
      ? value.map((item) => convert(item))
      : undefined;
  }

  function convertMap(keyword: string, value: Json | undefined): Json | undefined {
    if (!isObject(value)) return undefined;
    const entries = Object.entries(value).filter(([key, schema]) =>
      keyword === 'patternProperties' ? isPattern(key) : !isReadOnly(schema),
    );
    return record<Json>(entries.map(([key, schema]) => [key, convert(schema)]));
  }

  // Sent by the API, never to it (OpenAPI 3.1, Schema Object: readOnly).
  function isReadOnly(schema: Json): boolean {
    if (!isObject(schema)) return false;
    const ref = refOf(schema);
    const target = ref === undefined ? undefined : graph.schema(ref);
    return schema['readOnly'] === true || (isObject(target) && target['readOnly'] === true);
  }

  function withoutReadOnly(result: JsonObject, schema: JsonObject): JsonObject {
    const properties = schema['properties'];
    if (!isObject(properties) || result['required'] === undefined) return result;
    const required = texts(result['required']).filter(
      (name) => !(Object.hasOwn(properties, name) && isReadOnly(properties[name] as Json)),
    );
    const { required: _, ...rest } = result;
    return required.length === 0 ? rest : { ...rest, required };
  }
}

// The name of a component is its own; any other target is told apart by a hash, never by its order.
function definitionName(ref: string): string {
  const last = ref.split('/').at(-1) ?? '';
  if (/^#\/components\/schemas\/[\w.-]+$/.test(ref) && last !== '__proto__') return last;
  return `${last.replace(/[^\w.-]+/g, '_')}_${shortHash(ref)}`;
}
