import type { Json, JsonObject } from '../../load/document.js';
import { array, childOf, isObject, object, own, text } from '../../json.js';
import { refOf } from '../../pointer.js';

/** The property that distinguishes the kinds of an object (OpenAPI 3.1, Discriminator Object). */
export interface Discriminator {
  readonly property: string;
  /** The pointers in the document's mapping, by value. */
  readonly mapping: Readonly<Record<string, string>>;
  /** The inverse mapping: the values of a pointer. */
  readonly valuesOf: ReadonlyMap<string, readonly string[]>;
  /** The values whose schemas are not in the document. */
  readonly missing: readonly string[];
  /** The pointer of the kind that has any other value, or none (OpenAPI 3.2, `defaultMapping`). */
  readonly fallback: string | undefined;
}

/** How the component schemas of a document inherit from one another through `allOf`. */
export interface Inheritance {
  /** The discriminator of a schema, its own or an inherited one. */
  discriminator(pointer: string): Discriminator | undefined;
  /** The discriminator that a schema itself has. */
  ownDiscriminator(schema: Json): Discriminator | undefined;
  /** The pointers of the kinds of a schema if its discriminator alone determines them; otherwise none. */
  kinds(pointer: string): readonly string[];
  /** Whether a schema is a component that inherits from another one. */
  isSubtype(schema: Json): boolean;
  /**
   * The values of the discriminator for a schema: the mapping's keys, or else the name of the schema, and keys
   * without a target, which may belong to it. None if it may have any.
   */
  values(discriminator: Discriminator, pointer: string): readonly string[];
  /** Keys of the mapping for none of these kinds, because their schemas are missing. */
  unknown(discriminator: Discriminator, kinds: readonly string[]): readonly string[];
}

/** More kinds cost a model more than they are worth; only their values are then named. */
export const MOST_KINDS = 40;

const COMPONENTS = '#/components/schemas/';

/** Extensions of Azure and of openapi-generator, in a kind or in a part of it: the value of its discriminator. */
const STATED = ['x-ms-discriminator-value', 'x-discriminator-value'];

export function createInheritance(root: JsonObject): Inheritance {
  const components = object(object(root['components'])['schemas']);
  const children = childrenOf(components);
  const subtypes = new Set<Json>(
    [...children.values()].flat().map((pointer) => schemaAt(pointer) ?? null),
  );
  const known = new Map<string, Discriminator | undefined>();
  const knownKinds = new Map<string, readonly string[]>();
  // Cached: it is read at every mention of a schema, and a mapping may have hundreds of kinds.
  const read = new Map<JsonObject, Discriminator | undefined>();
  const isSubtype = (schema: Json) => subtypes.has(schema);
  return { discriminator, ownDiscriminator, kinds, isSubtype, values, unknown };

  function ownDiscriminator(schema: Json | undefined): Discriminator | undefined {
    if (!isObject(schema)) return undefined;
    if (!read.has(schema)) read.set(schema, readDiscriminator(schema, components));
    return read.get(schema);
  }

  function schemaAt(pointer: string): Json | undefined {
    return pointer.startsWith(COMPONENTS)
      ? own(components, pointer.slice(COMPONENTS.length))
      : undefined;
  }

  function discriminator(pointer: string): Discriminator | undefined {
    if (!known.has(pointer)) known.set(pointer, nearest(pointer));
    return known.get(pointer);
  }

  /** The discriminator of a schema, or of the first one that it inherits from and that has one. */
  function nearest(pointer: string): Discriminator | undefined {
    const passed = new Set<string>();
    const queue = [pointer];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const found = known.get(next) ?? ownDiscriminator(schemaAt(next));
      if (found !== undefined) return found;
      if (passed.has(next) || known.has(next)) continue;
      passed.add(next);
      queue.push(...parentsOf(schemaAt(next)).reverse());
    }
    for (const without of passed) known.set(without, undefined);
    return undefined;
  }

  function kinds(pointer: string): readonly string[] {
    const found = knownKinds.get(pointer) ?? kindsOf(pointer);
    knownKinds.set(pointer, found);
    return found;
  }

  function kindsOf(pointer: string): readonly string[] {
    const schema = object(schemaAt(pointer));
    const found = discriminator(pointer);
    if (found === undefined || schema['oneOf'] !== undefined || schema['anyOf'] !== undefined)
      return [];
    const below = descendants(pointer);
    const mapped = [...Object.values(found.mapping), found.fallback ?? []].flat();
    const isBase = schema['discriminator'] !== undefined;
    const others = isBase ? mapped.filter((target) => schemaAt(target) !== undefined) : [];
    const self = isBase || below.length === 0 ? [] : [pointer];
    const all = [...new Set([...self, ...below, ...others])];
    return all.every((kind) => kind === pointer) ? [] : all;
  }

  function descendants(pointer: string): string[] {
    const found = new Set<string>();
    const queue = [...(children.get(pointer) ?? [])];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (found.has(next) || next === pointer) continue;
      found.add(next);
      queue.push(...(children.get(next) ?? []));
    }
    return [...found];
  }

  function values(
    { valuesOf, missing, fallback }: Discriminator,
    pointer: string,
  ): readonly string[] {
    if (pointer === fallback) return [];
    const mapped = valuesOf.get(pointer);
    if (mapped !== undefined) return mapped;
    const schema = schemaAt(pointer);
    const [stated] = [schema, ...array(childOf(schema, 'allOf'))].flatMap((part) =>
      STATED.flatMap((key) => text(childOf(part, key)) ?? []),
    );
    const name = pointer.startsWith(COMPONENTS) ? [pointer.slice(COMPONENTS.length)] : [];
    return stated === undefined ? [...name, ...missing] : [stated];
  }

  function unknown(
    { valuesOf, missing }: Discriminator,
    kinds: readonly string[],
  ): readonly string[] {
    return kinds.every((kind) => valuesOf.has(kind)) ? missing : [];
  }
}

function readDiscriminator(schema: JsonObject, components: JsonObject): Discriminator | undefined {
  const { propertyName, mapping, defaultMapping } = object(childOf(schema, 'discriminator'));
  const property = text(propertyName);
  if (property === undefined) return undefined;
  const fallback =
    typeof defaultMapping === 'string' ? pointerOf(defaultMapping, components) : undefined;
  const targets = Object.entries(object(mapping)).flatMap(([value, target]) =>
    typeof target === 'string' ? [[value, pointerOf(target, components)] as const] : [],
  );
  const valuesOf = new Map<string, string[]>();
  for (const [value, target] of targets)
    valuesOf.set(target, [...(valuesOf.get(target) ?? []), value]);
  const missing = targets
    .filter(([, target]) => isMissing(target, components))
    .map(([value]) => value);
  return { property, mapping: Object.fromEntries(targets), valuesOf, missing, fallback };
}

/**
 * Values of a mapping are references or names of schemas. A value without a target was a file before the document was
 * bundled, or comes from another version: its last part names the schema.
 */
function pointerOf(target: string, components: JsonObject): string {
  const pointer = target.startsWith('#') ? target : `${COMPONENTS}${target}`;
  const name = pointer.slice(COMPONENTS.length);
  if (pointer.startsWith(COMPONENTS) && own(components, name) !== undefined) return pointer;
  const last = target.split(/[/#]/).at(-1) ?? '';
  const stem = last.replace(/(\.(schema|ya?ml|json))+$/i, '');
  const found = [last, stem].find((one) => own(components, one) !== undefined);
  return found === undefined ? pointer : COMPONENTS + found;
}

function isMissing(pointer: string, components: JsonObject): boolean {
  if (!pointer.startsWith(COMPONENTS)) return false;
  return own(components, pointer.slice(COMPONENTS.length)) === undefined;
}

function childrenOf(components: JsonObject): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const [name, schema] of Object.entries(components))
    for (const parent of new Set(parentsOf(schema)))
      children.set(parent, [...(children.get(parent) ?? []), COMPONENTS + name]);
  return children;
}

function parentsOf(schema: Json | undefined): string[] {
  if (!isObject(schema)) return [];
  // Siblings of a `$ref` add to it (JSON Schema 2020-12); a lone `$ref` is an alias.
  const parts = schema['properties'] === undefined ? [] : [schema];
  return [...parts, ...array(schema['allOf'])].flatMap((part) => refOf(part) ?? []);
}
