import type { Json, JsonObject } from '../../load/document.js';
import { array, childOf, isObject, object, own, text } from '../../json.js';
import { refOf } from '../reference.js';

/** The property that tells the kinds of an object apart (OpenAPI 3.1, Discriminator Object). */
export interface Discriminator {
  readonly property: string;
  /** The pointers that the document's mapping names, by value. */
  readonly mapping: Readonly<Record<string, string>>;
  /** The same the other way round: the values that mean a pointer. */
  readonly valuesOf: ReadonlyMap<string, readonly string[]>;
}

/** How the component schemas of a document build on one another through `allOf`. */
export interface Inheritance {
  /** The discriminator of a schema, its own or the one of what it builds on. */
  discriminator(pointer: string): Discriminator | undefined;
  /** The pointers of the kinds that a schema stands for, when its discriminator alone tells them; else none. */
  kinds(pointer: string): readonly string[];
  /** Whether a schema is a component that builds on another one. */
  isSubtype(schema: Json): boolean;
  /** The values of the discriminator that mean a schema: the mapping's keys, or else the name of the schema. */
  values(discriminator: Discriminator, pointer: string): readonly string[];
}

/** More kinds than these cost a model more than they are worth; then only their values are named. */
export const MOST_KINDS = 40;

const COMPONENTS = '#/components/schemas/';

export function createInheritance(root: JsonObject): Inheritance {
  const components = object(object(root['components'])['schemas']);
  const children = childrenOf(components);
  const subtypes = new Set<Json>(
    [...children.values()].flat().map((pointer) => schemaAt(pointer) ?? null),
  );
  const known = new Map<string, Discriminator | undefined>();
  const knownKinds = new Map<string, readonly string[]>();
  return { discriminator, kinds, isSubtype: (schema) => subtypes.has(schema), values };

  function schemaAt(pointer: string): Json | undefined {
    return pointer.startsWith(COMPONENTS)
      ? own(components, pointer.slice(COMPONENTS.length))
      : undefined;
  }

  function discriminator(pointer: string): Discriminator | undefined {
    if (!known.has(pointer)) {
      known.set(pointer, undefined);
      known.set(pointer, discriminatorOf(schemaAt(pointer)) ?? inherited(pointer));
    }
    return known.get(pointer);
  }

  function inherited(pointer: string): Discriminator | undefined {
    for (const parent of parentsOf(schemaAt(pointer))) {
      const found = discriminator(parent);
      if (found !== undefined) return found;
    }
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
    const mapped = Object.values(found.mapping);
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

  function values({ valuesOf }: Discriminator, pointer: string): readonly string[] {
    const mapped = valuesOf.get(pointer);
    if (mapped !== undefined) return mapped;
    const stated = text(childOf(schemaAt(pointer), 'x-ms-discriminator-value'));
    if (stated !== undefined) return [stated];
    return pointer.startsWith(COMPONENTS) ? [pointer.slice(COMPONENTS.length)] : [];
  }
}

// Read at every mention of a schema, and a mapping may have hundreds of kinds.
const read = new WeakMap<JsonObject, { readonly found: Discriminator | undefined }>();

/** The discriminator that a schema itself has. */
export function discriminatorOf(schema: Json | undefined): Discriminator | undefined {
  if (!isObject(schema)) return undefined;
  const known = read.get(schema) ?? { found: readDiscriminator(schema) };
  read.set(schema, known);
  return known.found;
}

function readDiscriminator(schema: JsonObject): Discriminator | undefined {
  const { propertyName, mapping } = object(childOf(schema, 'discriminator'));
  const property = text(propertyName);
  if (property === undefined) return undefined;
  const targets = Object.entries(object(mapping)).flatMap(([value, target]) =>
    typeof target === 'string' ? [[value, pointerOf(target)] as const] : [],
  );
  const valuesOf = new Map<string, string[]>();
  for (const [value, target] of targets)
    valuesOf.set(target, [...(valuesOf.get(target) ?? []), value]);
  return { property, mapping: Object.fromEntries(targets), valuesOf };
}

/** The values of a mapping are references, or names of schemas. */
function pointerOf(target: string): string {
  return target.startsWith('#') ? target : `${COMPONENTS}${target}`;
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
  return array(schema['allOf']).flatMap((part) => refOf(part) ?? []);
}
