import { grammar, type Kind } from '../grammar.js';
import { isObject } from '../../json.js';
import { isReference } from '../json.js';
import { formatPointer } from '../../pointer.js';
import { locationKey, type Location, type Resolver } from './resolver.js';

/** The internal references of what other documents hold and the root names already. */
export type Homes = ReadonlyMap<string, string>;

/** Tells what stands at a location when it is taken for a kind. */
export function homeKey(kind: Kind, location: Location): string {
  return `${kind} ${locationKey(location)}`;
}

/** The path of the section of components for a kind; nothing when there is none. */
export function sectionOf(kind: Kind, swagger: boolean): readonly string[] | undefined {
  const { section, swaggerSection } = grammar[kind];
  if (swagger) return swaggerSection === undefined ? undefined : [swaggerSection];
  return section === undefined ? undefined : ['components', section];
}

/**
 * Finds components of the root that only refer to another document, or that are in a section which does. The
 * target takes the component's place, and its name, instead of a new one.
 */
export function findHomes(root: string, resolver: Resolver, swagger: boolean): Homes {
  const homes = new Map<string, string>();
  for (const kind of Object.keys(grammar)) {
    if (!isKind(kind)) continue;
    const section = sectionOf(kind, swagger);
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
  const map = followed(resolver.at(root, section), resolver);
  const entries: [string, Location][] = [];
  if (!map || !isObject(map.value)) return entries;
  for (const name of Object.keys(map.value).sort()) {
    const location = followed(resolver.at(map.uri, [...map.path, name]), resolver);
    if (location) entries.push([name, location]);
  }
  return entries;
}

function followed(location: Location | undefined, resolver: Resolver): Location | undefined {
  if (!location || !isReference(location.value)) return location;
  if (Object.keys(location.value).length > 1) return location;
  return resolver.resolve(location.uri, location.value.$ref);
}
