import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../../json.js';
import { formatPointer } from '../../pointer.js';
import { grammar, type Kind, type Sections } from '../grammar.js';
import { isReference } from '../walk.js';
import { found, locationKey, type Location, type Resolver } from './resolver.js';

/** References to components of the root, each by the location in another document that it refers to. */
export type Aliases = ReadonlyMap<string, string>;

/** Key of a location that is used as a kind. */
export function aliasKey(kind: Kind, location: Location): string {
  return `${kind} ${locationKey(location)}`;
}

/**
 * Finds components of the root that only refer to another document, or whose section does. The target replaces the
 * component and keeps its name instead of getting a new one.
 */
export function findAliases(root: string, resolver: Resolver, sections: Sections): Aliases {
  const aliases = new Map<string, string>();
  for (const kind of Object.keys(grammar) as Kind[]) {
    const section = sections(kind);
    for (const [name, location] of section ? entriesOf(root, section, kind, resolver) : []) {
      const key = aliasKey(kind, location);
      if (location.uri === root || aliases.has(key)) continue;
      aliases.set(key, formatPointer([...(section ?? []), name]));
    }
  }
  return aliases;
}

function entriesOf(root: string, section: readonly string[], kind: Kind, resolver: Resolver) {
  const map = followed(found(resolver.at(root, section)), resolver);
  const entries: [string, Location][] = [];
  if (!map || !isObject(map.value)) return entries;
  for (const name of Object.keys(map.value).sort()) {
    const location = followed(found(resolver.at(map.uri, [...map.path, name])), resolver, kind);
    if (location) entries.push([name, location]);
  }
  return entries;
}

function followed(
  location: Location | undefined,
  resolver: Resolver,
  kind?: Kind,
): Location | undefined {
  if (!location || !isReference(location.value)) return location;
  if (Object.keys(location.value).length > 1) return location;
  return found(resolver.resolve(location, location.value.$ref, kind));
}

/** A part of another document that becomes a component. */
export interface Target {
  readonly kind: Kind;
  readonly location: Location;
  /** The location relative to the root, which does not depend on the machine. */
  readonly id: string;
}

/** The object under a key, created if missing. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const present = parent[key];
  if (Object.hasOwn(parent, key) && isObject(present)) return present;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}

/**
 * Names for targets, given the names already taken. A name that only one target wants is used as it is; when several
 * targets want it, or it is taken, a hash of the location is appended. Names therefore do not depend on the order of
 * the document.
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

/** The preferred name of a component: the last part of the pointer, or else the file name. */
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
