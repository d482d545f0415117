import type { Json, JsonObject } from '../document.js';
import { grammar, type Kind } from '../grammar.js';
import { hoist, type Link, type Target, wantedName } from './hoist.js';
import { findHomes, homeKey, sectionOf, type Homes } from './homes.js';
import { isObject } from '../../json.js';
import { isReference, type Reference } from '../json.js';
import { maxInlined, maxRepeated } from '../limits.js';
import { relativeTo } from '../read/location.js';
import { formatPointer } from '../../pointer.js';
import { tooRepetitive } from '../problems.js';
import {
  createResolver,
  locationKey,
  type Files,
  type Location,
  type Resolver,
} from './resolver.js';
import type { Needs } from './resolver.js';
import { childrenOf } from '../walk.js';

interface Run {
  readonly root: string;
  readonly files: Files;
  readonly swagger: boolean;
  readonly resolver: Resolver;
  readonly homes: Homes;
  readonly targets: Map<string, Target>;
  readonly links: Link[];
  /** Where in the result the value goes that is being copied. */
  path: string[];
  /** Locations that are being copied into the place of a reference. */
  readonly inlining: Set<string>;
  copied: number;
  inlined: number;
}

/**
 * Makes one document of several. What another document holds is hoisted, once, to the section of components
 * that fits the place of the reference; where there is no such section, it takes the place of the reference.
 * References that are internal stay, and nothing else is dereferenced. Documents that are not there yet are told
 * to `needs`, and the result is then to be thrown away.
 */
export function bundle(root: string, files: Files, swagger: boolean, needs: Needs): Json {
  const resolver = createResolver(root, files, needs);
  const homes = findHomes(root, resolver, swagger);
  const targets = new Map<string, Target>();
  const inlining = new Set<string>();
  const state = { root, files, swagger, resolver, homes, targets, inlining };
  const run: Run = { ...state, links: [], path: [], copied: 0, inlined: 0 };
  const result = copy(files.get(root)?.value ?? null, 'root', root, run);
  // Copying a target may find more targets; iteration over a map comes to those, too.
  for (const target of targets.values()) {
    run.path = [locationKey(target.location)];
    target.value = copy(target.location.value, target.kind, target.location.uri, run);
  }
  if (isObject(result)) hoist(result, [...targets.values()], run.links, swagger);
  return result;
}

function copy(value: Json, kind: Kind, uri: string, run: Run): Json {
  if (isReference(value)) return copyReference(value, kind, uri, run);
  return kind === 'mapping' ? copyMapping(value, uri, run) : copyMembers(value, kind, uri, run);
}

function copyMembers(value: Json, kind: Kind, uri: string, run: Run): Json {
  run.copied += uri === run.root ? 0 : 1;
  if (run.copied > maxRepeated) throw tooRepetitive(formatPointer(run.path));
  const children = childrenOf(value, kind);
  const copies = children.map(([key, child, childKind]) => {
    run.path.push(key);
    const result = copy(child, childKind, uri, run);
    run.path.pop();
    return [key, result] as const;
  });
  if (Array.isArray(value) && grammar[kind].list) return copies.map(([, result]) => result);
  return isObject(value) ? { ...value, ...Object.fromEntries(copies) } : value;
}

function copyReference(value: Reference, kind: Kind, uri: string, run: Run): Json {
  const location = run.resolver.resolve(uri, value.$ref);
  const same = () => isObjectOr(copyMembers(value, kind, uri, run));
  if (!location || (location.uri === run.root && location.path.length === 0)) {
    return { ...same(), $ref: unresolved(value.$ref, uri, run) };
  }
  if (!sectionOf(kind, run.swagger)) return inline(value, location, kind, uri, run) ?? same();
  if (location.uri === run.root) return { ...same(), $ref: formatPointer(location.path) };
  const home = run.homes.get(homeKey(kind, location));
  if (home === undefined) return link(same(), '$ref', location, kind, run);
  const here = home === formatPointer(run.path) && Object.keys(value).length === 1;
  return here ? copy(location.value, kind, location.uri, run) : { ...same(), $ref: home };
}

/** A `#/…` that means nothing in another document must not come to mean something in this one. */
function unresolved(reference: string, uri: string, run: Run): string {
  if (uri === run.root || !reference.startsWith('#')) return reference;
  return relativeTo(new URL(run.root), new URL(uri)) + reference;
}

function isObjectOr(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

/** The target in the place of the reference, whose other fields stay; nothing for what contains itself. */
function inline(
  { $ref: _, ...siblings }: Reference,
  location: Location,
  kind: Kind,
  uri: string,
  run: Run,
): Json | undefined {
  const key = homeKey(kind, location);
  if (run.inlining.has(key)) return undefined;
  run.inlining.add(key);
  run.inlined += 1;
  if (run.inlined > maxInlined) throw tooRepetitive(formatPointer(run.path));
  const target = copy(location.value, kind, location.uri, run);
  run.inlining.delete(key);
  if (!isObject(target)) return target;
  return { ...target, ...isObjectOr(copyMembers(siblings, kind, uri, run)) };
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
  const target = run.targets.get(key) ?? {
    kind,
    location,
    id,
    name: wantedName(location),
    value: null,
  };
  run.targets.set(key, target);
  run.links.push({ holder, field, target });
  return holder;
}

/** The values of a discriminator's mapping are references, or names of schemas. */
function copyMapping(value: Json, uri: string, run: Run): Json {
  if (!isObject(value)) return value;
  const result = { ...value };
  for (const [field, reference] of Object.entries(value)) {
    if (typeof reference !== 'string' || !isMappedReference(reference)) continue;
    const location = run.resolver.resolve(uri, reference);
    if (!location) continue;
    const home = run.homes.get(homeKey('schema', location));
    if (location.uri === run.root) result[field] = formatPointer(location.path);
    else if (home !== undefined) result[field] = home;
    else link(result, field, location, 'schema', run);
  }
  return result;
}

function isMappedReference(value: string): boolean {
  return /[#/]|\.(ya?ml|json)$/.test(value);
}
