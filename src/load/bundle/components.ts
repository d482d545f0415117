import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../../json.js';
import { formatPointer } from '../../pointer.js';
import { grammar, type Kind } from '../grammar.js';
import type { Version } from '../version.js';
import { isReference } from '../walk.js';
import { found, locationKey, type Location, type Resolver } from './resolver.js';

/** The path of the section of components for a kind; nothing when there is none. */
export type Sections = (kind: Kind) => readonly string[] | undefined;

/** Where shared objects live in documents of a version. */
export function sectionsOf(version: Version): Sections {
  const field = version === '2.0' ? 'swaggerSection' : 'section';
  const parents = version === '2.0' ? [] : ['components'];
  return (kind) => {
    const name = grammar[kind][field];
    return name === undefined ? undefined : [...parents, name];
  };
}

/** The internal references of objects in other documents that the root has a name for already. */
export type Homes = ReadonlyMap<string, string>;

/** Identifies a location when it is taken for a kind. */
export function homeKey(kind: Kind, location: Location): string {
  return `${kind} ${locationKey(location)}`;
}

/**
 * Finds components of the root that only refer to another document, or that are in a section which does. The
 * target takes the component's place, and its name, instead of a new one.
 */
export function findHomes(root: string, resolver: Resolver, sections: Sections): Homes {
  const homes = new Map<string, string>();
  for (const kind of Object.keys(grammar)) {
    if (!isKind(kind)) continue;
    const section = sections(kind);
    for (const [name, location] of section ? entriesOf(root, section, resolver) : []) {
      const key = homeKey(kind, location);
      if (location.uri === root || homes.has(key)) continue;
      homes.set(key, formatPointer([...(section ?? []), name]));
    }
  }
  return homes;
}

function isKind(name: string): name is Kind {
  return Object.hasOwn(grammar, name);
}

function entriesOf(root: string, section: readonly string[], resolver: Resolver) {
  const map = followed(found(resolver.at(root, section)), resolver);
  const entries: [string, Location][] = [];
  if (!map || !isObject(map.value)) return entries;
  for (const name of Object.keys(map.value).sort()) {
    const location = followed(found(resolver.at(map.uri, [...map.path, name])), resolver);
    if (location) entries.push([name, location]);
  }
  return entries;
}

function followed(location: Location | undefined, resolver: Resolver): Location | undefined {
  if (!location || !isReference(location.value)) return location;
  if (Object.keys(location.value).length > 1) return location;
  return found(resolver.resolve(location, location.value.$ref));
}

/** Something in another document that becomes a component. */
export interface Target {
  readonly kind: Kind;
  readonly location: Location;
  /** The location relative to the root, which does not depend on the machine. */
  readonly id: string;
}

/** The object under a key, made when there is none. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const present = parent[key];
  if (Object.hasOwn(parent, key) && isObject(present)) return present;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}

/**
 * Names for targets, given those that are taken. Names that are wanted once are given; all targets that want the same
 * name, or one that is taken, get a hash of their location behind it. So no name depends on the order of the document.
 */
export function nameAll(targets: readonly Target[], taken: Set<string>): Map<Target, string> {
  const wanted = new Map<string, number>();
  for (const { location } of targets) {
    const name = wantedName(location);
    wanted.set(name, (wanted.get(name) ?? 0) + 1);
  }
  const isTaken = (name: string) => taken.has(name) || wanted.has(name);
  return new Map(
    targets.map((target) => {
      const name = wantedName(target.location);
      const alone = wanted.get(name) === 1 && !taken.has(name);
      return [target, alone ? name : hashedName(name, target.id, isTaken)];
    }),
  );
}

/** What a component is best called: the last part of the pointer, or else the file. */
function wantedName({ uri, path }: Location): string {
  const file = new URL(uri).pathname.split('/').at(-1) ?? '';
  const stem = file.replace(/(\.(schema|ya?ml|json))+$/i, '');
  return (path.at(-1) ?? stem).replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 80) || 'component';
}

function hashedName(name: string, id: string, isTaken: (name: string) => boolean): string {
  const hash = createHash('sha256').update(id).digest('hex');
  for (let length = 8; length < hash.length; length += 8) {
    const candidate = `${name}_${hash.slice(0, length)}`;
    if (!isTaken(candidate)) return candidate;
  }
  return `${name}_${hash}`;
}
