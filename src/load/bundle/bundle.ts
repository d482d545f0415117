import { byCodeUnit, isObject, setChild, type Json, type JsonObject } from '../../json.js';
import { formatPointer } from '../../pointer.js';
import { grammar, type Kind, type Sections } from '../grammar.js';
import { maxInlined, maxRepeated } from '../limits.js';
import { tooRepetitive } from '../problems.js';
import { relativeTo } from '../read/location.js';
import { eachChild, isReference, type Reference } from '../walk.js';
import { copyWritten } from '../written.js';
import {
  findAliases,
  aliasKey,
  nameAll,
  objectAt,
  type Aliases,
  type Target,
} from './components.js';
import { mappedReference } from './crawl.js';
import { createResolver, found, locationKey, type Files, type Location } from './resolver.js';
import type { Resolver } from './resolver.js';

/** A field that will refer to a target. */
interface Link {
  readonly holder: JsonObject;
  readonly field: string;
  readonly target: Target;
}

interface Bundling {
  readonly root: string;
  readonly files: Files;
  readonly sections: Sections;
  readonly resolver: Resolver;
  readonly aliases: Aliases;
  readonly targets: Map<string, Target>;
  readonly values: Map<Target, Json>;
  readonly links: Link[];
  /** Locations that are being copied in place of a reference. */
  readonly inlining: Set<string>;
  /** Path of the value being copied, in the result. */
  path: string[];
  /** Path of the value in its own document; the array is reused. */
  from: { readonly uri: string; readonly path: string[] };
  copied: number;
  inlined: number;
}

/**
 * Bundles several documents into one. A part of another document is hoisted, once, to the section of components that
 * fits its kind; where that section does not exist, the part replaces the reference. Internal references stay; nothing
 * else is dereferenced. Values that do not change are not copied.
 */
export function bundle(root: string, files: Files, sections: Sections): Json {
  const resolver = createResolver(root, files);
  const aliases = findAliases(root, resolver, sections);
  const state = { root, files, sections, resolver, aliases, targets: new Map(), values: new Map() };
  const place = { path: [], from: { uri: root, path: [] }, inlining: new Set<string>() };
  const bundling: Bundling = { ...state, ...place, links: [], copied: 0, inlined: 0 };
  const result = copy(files.get(root)?.value ?? null, 'root', bundling);
  // Copying a target may add more targets; iterating over a map visits those, too.
  for (const target of bundling.targets.values()) {
    bundling.path = [locationKey(target.location)];
    bundling.values.set(target, copyFrom(target.location, target.kind, bundling));
  }
  if (isObject(result)) hoist(result, bundling);
  return result;
}

function copyFrom({ uri, path, value }: Location, kind: Kind, bundling: Bundling): Json {
  const here = bundling.from;
  bundling.from = { uri, path: [...path] };
  const result = copy(value, kind, bundling);
  bundling.from = here;
  return result;
}

function copy(value: Json, kind: Kind, bundling: Bundling): Json {
  if (isReference(value)) return copyReference(value, kind, bundling);
  return kind === 'mapping' ? copyMapping(value, bundling) : copyMembers(value, kind, bundling);
}

/** Unchanged values of the root are reused; anything else may be copied to several places. */
function copyMembers<T extends Json>(value: T, kind: Kind, bundling: Bundling): T;
function copyMembers(value: Json, kind: Kind, bundling: Bundling): Json {
  const { from } = bundling;
  const isKept = from.uri === bundling.root && bundling.inlining.size === 0;
  bundling.copied += from.uri === bundling.root ? 0 : 1;
  if (bundling.copied > maxRepeated) throw tooRepetitive(formatPointer(bundling.path));
  let result = isKept ? value : shallow(value, kind);
  eachChild(value, kind, (child, childKind, key) => {
    bundling.path.push(key);
    from.path.push(key);
    const made = copy(child, childKind, bundling);
    from.path.pop();
    bundling.path.pop();
    if (made === child && result === value) return;
    if (result === value) result = shallow(value, kind);
    setChild(result, key, made);
  });
  return result;
}

function shallow(value: Json, kind: Kind): Json {
  if (Array.isArray(value))
    return grammar[kind].list === undefined ? value : copyWritten(value, [...value]);
  return isObject(value) ? copyWritten(value, { ...value }) : value;
}

function copyReference(value: Reference, kind: Kind, bundling: Bundling): Json {
  const { from, root } = bundling;
  const location = found(bundling.resolver.resolve(from, value.$ref, kind));
  const same = copyMembers(value, kind, bundling);
  if (!location || (location.uri === root && location.path.length === 0))
    return refer(same, unresolved(value.$ref, bundling));
  if (!bundling.sections(kind)) return inline(same, location, kind, bundling) ?? same;
  if (location.uri === root) return refer(same, formatPointer(location.path));
  const alias = bundling.aliases.get(aliasKey(kind, location));
  if (alias === undefined)
    return link(copyWritten(same, { ...same }), '$ref', location, kind, bundling);
  const isHome = alias === formatPointer(bundling.path) && Object.keys(value).length === 1;
  return isHome ? copyFrom(location, kind, bundling) : refer(same, alias);
}

function refer(value: Reference, $ref: string): Reference {
  return value.$ref === $ref ? value : copyWritten(value, { ...value, $ref });
}

/** A `#/…` that resolves to nothing in another document must not resolve to something in this one. */
function unresolved(reference: string, { from: { uri }, root }: Bundling): string {
  if (uri === root || !reference.startsWith('#')) return reference;
  return relativeTo(new URL(root), new URL(uri)) + reference;
}

/** Replaces the reference with its target and keeps the other fields; undefined for a target that contains itself. */
function inline(
  { $ref: _, ...siblings }: Reference,
  location: Location,
  kind: Kind,
  bundling: Bundling,
): Json | undefined {
  const key = aliasKey(kind, location);
  if (bundling.inlining.has(key)) return undefined;
  bundling.inlining.add(key);
  bundling.inlined += 1;
  if (bundling.inlined > maxInlined) throw tooRepetitive(formatPointer(bundling.path));
  const target = copyFrom(location, kind, bundling);
  bundling.inlining.delete(key);
  return isObject(target) ? copyWritten(target, { ...target, ...siblings }) : target;
}

/** Records that a field will refer to a target; targets get their names when all of them are known. */
function link(
  holder: JsonObject,
  field: string,
  location: Location,
  kind: Kind,
  bundling: Bundling,
): JsonObject {
  const key = aliasKey(kind, location);
  const id =
    relativeTo(new URL(bundling.root), new URL(location.uri)) + formatPointer(location.path);
  const target = bundling.targets.get(key) ?? { kind, location, id };
  bundling.targets.set(key, target);
  bundling.links.push({ holder, field, target });
  return holder;
}

/** Values of a discriminator's mapping are either references or names of schemas. */
function copyMapping(value: Json, bundling: Bundling): Json {
  if (!isObject(value)) return value;
  const result = { ...value };
  const file =
    bundling.from.uri === bundling.root ? undefined : bundling.files.get(bundling.from.uri)?.value;
  for (const [field, target] of Object.entries(value)) {
    const reference = typeof target === 'string' ? mappedReference(target, file) : undefined;
    if (reference === undefined) continue;
    const location = found(bundling.resolver.resolve(bundling.from, reference, 'schema'));
    if (!location) continue;
    const alias = bundling.aliases.get(aliasKey('schema', location));
    if (location.uri === bundling.root) result[field] = formatPointer(location.path);
    else if (alias !== undefined) result[field] = alias;
    else link(result, field, location, 'schema', bundling);
  }
  return result;
}

/** Puts the targets among the components of the document and points the links at them. */
function hoist(document: JsonObject, { targets, values, links, sections }: Bundling): void {
  const references = new Map<Target, string>();
  const byId = [...targets.values()].sort((a, b) => byCodeUnit(a.id, b.id));
  for (const kind of new Set(byId.map((target) => target.kind))) {
    const path = sections(kind) ?? [];
    const group = byId.filter((target) => target.kind === kind);
    const section = path.reduce(objectAt, document);
    for (const [target, name] of nameAll(group, new Set(Object.keys(section)))) {
      section[name] = values.get(target) ?? null;
      references.set(target, formatPointer([...path, name]));
    }
  }
  for (const { holder, field, target } of links)
    holder[field] = references.get(target) ?? target.id;
}
