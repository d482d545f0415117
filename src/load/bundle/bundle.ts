import { byCodeUnit, isObject, type Json, type JsonObject } from '../../json.js';
import { formatPointer } from '../../pointer.js';
import { grammar, type Kind } from '../grammar.js';
import { maxInlined, maxRepeated } from '../limits.js';
import { tooRepetitive } from '../problems.js';
import { relativeTo } from '../read/location.js';
import { eachChild, isReference, type Reference } from '../walk.js';
import { copyWritten } from '../written.js';
import {
  findHomes,
  homeKey,
  nameAll,
  objectAt,
  type Homes,
  type Sections,
  type Target,
} from './components.js';
import { mappedReference } from './crawl.js';
import { createResolver, found, locationKey, type Files, type Location } from './resolver.js';
import type { Resolver } from './resolver.js';

/** A field that is to refer to a target. */
interface Link {
  readonly holder: JsonObject;
  readonly field: string;
  readonly target: Target;
}

interface Run {
  readonly root: string;
  readonly files: Files;
  readonly sections: Sections;
  readonly resolver: Resolver;
  readonly homes: Homes;
  readonly targets: Map<string, Target>;
  readonly values: Map<Target, Json>;
  readonly links: Link[];
  /** Locations that are being copied into the place of a reference. */
  readonly inlining: Set<string>;
  /** Where in the result the value goes that is being copied. */
  path: string[];
  /** Where it comes from; the path is reused. */
  from: { readonly uri: string; readonly path: string[] };
  copied: number;
  inlined: number;
}

/**
 * Makes one document of several. What another document holds is hoisted, once, to the section of components
 * that fits the place of the reference; where there is no such section, it takes the place of the reference.
 * References that are internal stay, and nothing else is dereferenced. What needs no change is not copied.
 */
export function bundle(root: string, files: Files, sections: Sections): Json {
  const resolver = createResolver(root, files);
  const homes = findHomes(root, resolver, sections);
  const state = { root, files, sections, resolver, homes, targets: new Map(), values: new Map() };
  const place = { path: [], from: { uri: root, path: [] }, inlining: new Set<string>() };
  const run: Run = { ...state, ...place, links: [], copied: 0, inlined: 0 };
  const result = copy(files.get(root)?.value ?? null, 'root', run);
  // Copying a target may find more targets; iteration over a map comes to those, too.
  for (const target of run.targets.values()) {
    run.path = [locationKey(target.location)];
    run.values.set(target, copyFrom(target.location, target.kind, run));
  }
  if (isObject(result)) hoist(result, run);
  return result;
}

function copyFrom({ uri, path, value }: Location, kind: Kind, run: Run): Json {
  const here = run.from;
  run.from = { uri, path: [...path] };
  const result = copy(value, kind, run);
  run.from = here;
  return result;
}

function copy(value: Json, kind: Kind, run: Run): Json {
  if (isReference(value)) return copyReference(value, kind, run);
  return kind === 'mapping' ? copyMapping(value, run) : copyMembers(value, kind, run);
}

/** Of the root, what does not change is kept; anything else may be copied to several places. */
function copyMembers<T extends Json>(value: T, kind: Kind, run: Run): T;
function copyMembers(value: Json, kind: Kind, run: Run): Json {
  const { from } = run;
  const isKept = from.uri === run.root && run.inlining.size === 0;
  run.copied += from.uri === run.root ? 0 : 1;
  if (run.copied > maxRepeated) throw tooRepetitive(formatPointer(run.path));
  let result = isKept ? value : shallow(value, kind);
  eachChild(value, kind, (child, childKind, key) => {
    run.path.push(key);
    from.path.push(key);
    const made = copy(child, childKind, run);
    from.path.pop();
    run.path.pop();
    if (made === child && result === value) return;
    if (result === value) result = shallow(value, kind);
    if (Array.isArray(result)) result[Number(key)] = made;
    else if (isObject(result)) result[key] = made;
  });
  return result;
}

function shallow(value: Json, kind: Kind): Json {
  if (Array.isArray(value))
    return grammar[kind].list === undefined ? value : copyWritten(value, [...value]);
  return isObject(value) ? copyWritten(value, { ...value }) : value;
}

function copyReference(value: Reference, kind: Kind, run: Run): Json {
  const { from, root } = run;
  const location = found(run.resolver.resolve(from, value.$ref));
  const same = copyMembers(value, kind, run);
  if (!location || (location.uri === root && location.path.length === 0))
    return refer(same, unresolved(value.$ref, run));
  if (!run.sections(kind)) return inline(same, location, kind, run) ?? same;
  if (location.uri === root) return refer(same, formatPointer(location.path));
  const home = run.homes.get(homeKey(kind, location));
  if (home === undefined) return link(copyWritten(same, { ...same }), '$ref', location, kind, run);
  const isHome = home === formatPointer(run.path) && Object.keys(value).length === 1;
  return isHome ? copyFrom(location, kind, run) : refer(same, home);
}

function refer(value: Reference, $ref: string): Reference {
  return value.$ref === $ref ? value : copyWritten(value, { ...value, $ref });
}

/** A `#/…` that means nothing in another document must not come to mean something in this one. */
function unresolved(reference: string, { from: { uri }, root }: Run): string {
  if (uri === root || !reference.startsWith('#')) return reference;
  return relativeTo(new URL(root), new URL(uri)) + reference;
}

/** The target in the place of the reference, whose other fields stay; nothing for what contains itself. */
function inline(
  { $ref: _, ...siblings }: Reference,
  location: Location,
  kind: Kind,
  run: Run,
): Json | undefined {
  const key = homeKey(kind, location);
  if (run.inlining.has(key)) return undefined;
  run.inlining.add(key);
  run.inlined += 1;
  if (run.inlined > maxInlined) throw tooRepetitive(formatPointer(run.path));
  const target = copyFrom(location, kind, run);
  run.inlining.delete(key);
  return isObject(target) ? copyWritten(target, { ...target, ...siblings }) : target;
}

/** Notes that a field is to refer to a target, which gets its name when all are known. */
function link(
  holder: JsonObject,
  field: string,
  location: Location,
  kind: Kind,
  run: Run,
): JsonObject {
  const key = homeKey(kind, location);
  const id = relativeTo(new URL(run.root), new URL(location.uri)) + formatPointer(location.path);
  const target = run.targets.get(key) ?? { kind, location, id };
  run.targets.set(key, target);
  run.links.push({ holder, field, target });
  return holder;
}

/** The values of a discriminator's mapping are references, or names of schemas. */
function copyMapping(value: Json, run: Run): Json {
  if (!isObject(value)) return value;
  const result = { ...value };
  const file = run.from.uri === run.root ? undefined : run.files.get(run.from.uri)?.value;
  for (const [field, target] of Object.entries(value)) {
    const reference = typeof target === 'string' ? mappedReference(target, file) : undefined;
    if (reference === undefined) continue;
    const location = found(run.resolver.resolve(run.from, reference));
    if (!location) continue;
    const home = run.homes.get(homeKey('schema', location));
    if (location.uri === run.root) result[field] = formatPointer(location.path);
    else if (home !== undefined) result[field] = home;
    else link(result, field, location, 'schema', run);
  }
  return result;
}

/** Puts the targets among the components of the document and points the links at them. */
function hoist(document: JsonObject, { targets, values, links, sections }: Run): void {
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
