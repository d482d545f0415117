import { decodePercent, parseUrl } from '../../../templates/src/runtime/text.js';
import { childOf, isObject, type Json } from '../../json.js';
import { formatPointer, parsePointer, valueAt } from '../../pointer.js';
import { sectionsOf, type Kind } from '../grammar.js';
import { isReadable, mayLead } from '../read/location.js';
import { isMethod } from '../path-items.js';
import { isReference } from '../walk.js';
import { identifiersOf } from './identifiers.js';

/** A document that has been read: its value, and the base URL of its relative references. */
export interface LoadedFile {
  readonly value: Json;
  readonly base: URL;
}

/** The documents read so far, by the URL requested; undefined for one that could not be read. */
export type Files = ReadonlyMap<string, LoadedFile | undefined>;

/** A place in one of the documents: a key of `Files`, and a path in its value. */
export interface Place {
  readonly uri: string;
  readonly path: readonly string[];
}

/** A value and its place. */
export interface Location extends Place {
  readonly value: Json;
}

/** A location in one line. */
export function locationKey({ uri, path }: Place): string {
  return uri + formatPointer(path);
}

/** The target of a `$ref`: a value, a document that is not read yet, one that must not be read, or nothing. */
export type Resolution =
  | { readonly location: Location }
  | { readonly missing: string }
  | { readonly forbidden: string; readonly from: URL }
  | undefined;

/** The location, if the reference resolved to one. */
export function found(resolution: Resolution): Location | undefined {
  return resolution !== undefined && 'location' in resolution ? resolution.location : undefined;
}

/** Resolves references, across documents and through other references. */
export interface Resolver {
  /** The target of a `$ref` at a place; a mere name means a component of the kind. */
  resolve(from: Place, reference: string, kind?: Kind): Resolution;
  /** The value at a path; references on the way are followed. */
  at(uri: string, path: readonly string[]): Resolution;
}

/** Length of a chain of references; a longer one is treated as a cycle. */
const maxHops = 100;

/** References followed to resolve one, across all of its possible targets. */
const maxTried = 1000;

/** Creates the resolver of a set of documents, which may grow. `root` is the first document. */
export function createResolver(root: string, files: Files): Resolver {
  const identified = identifiersOf(files);
  // A cycle in which each reference has several possible targets contains more paths than can be tried.
  let tried = 0;
  let wanted: Kind | undefined;
  /** The targets of pointers that mean the same everywhere in a document. */
  const plain = new Map<string, Resolution>();

  function resolve(
    from: Place,
    reference: string,
    hops = 0,
    rest: readonly string[] = [],
  ): Resolution {
    tried = hops === 0 ? 0 : tried + 1;
    if (tried > maxTried) return undefined;
    const [file = '', ...parts] = reference.trim().split('#');
    const fragment = parts.join('#');
    if (file === '') return inDocument(from, fragment, hops, rest);
    const contained = identified.find(from, file);
    if (contained !== undefined) return inResource(contained, fragment, hops, rest);
    for (const pointer of parts.length === 0 ? pointersMeant(file, from, wanted) : []) {
      const resolution = inResource({ uri: from.uri, path: [] }, pointer, hops, rest);
      if (resolution !== undefined) return resolution;
    }
    const base = files.get(from.uri)?.base;
    const target = base && readable(file, base);
    if (base === undefined || target === undefined) return undefined;
    if (!mayLead(base, target)) return { forbidden: reference, from: base };
    // A document that was renamed may still be referred to by its old name.
    const isLost = files.has(target.href) && files.get(target.href) === undefined;
    const uri = isLost && fragment !== '' ? root : target.href;
    return inResource({ uri, path: [] }, fragment, hops, rest);
  }

  /**
   * A fragment belongs to the schema with an `$id` around it, or else to the document, or else to any schema around
   * it.
   */
  function inDocument(
    from: Place,
    fragment: string,
    hops: number,
    rest: readonly string[],
  ): Resolution {
    const { uri } = from;
    const known = hops === 0 ? plain.get(`${uri}#${fragment}`) : undefined;
    if (known !== undefined) return known;
    if (/^\/(components|paths)\//.test(fragment)) {
      const resolution = inResource({ uri, path: [] }, fragment, hops, rest);
      if (hops === 0 && found(resolution) !== undefined)
        plain.set(`${uri}#${fragment}`, resolution);
      if (resolution !== undefined) return resolution;
    }
    for (const path of enclosing(from, fragment, identified.resourceOf(from), files)) {
      const resolution = inResource({ uri, path }, fragment, hops, rest);
      if (resolution !== undefined) return resolution;
    }
    for (const moved of sectionsMeant(fragment)) {
      const resolution = inResource({ uri, path: [] }, moved, hops, rest);
      if (resolution !== undefined) return resolution;
    }
    return undefined;
  }

  /** A fragment is a pointer (RFC 6901) or an anchor. */
  function inResource(
    resource: Place,
    fragment: string,
    hops: number,
    rest: readonly string[],
  ): Resolution {
    if (!files.has(resource.uri)) return { missing: resource.uri };
    const pointer = parsePointer(fragment);
    const path = pointer ? [...resource.path, ...pointer] : identified.anchor(resource, fragment);
    return path && at(resource.uri, [...path, ...rest], hops);
  }

  function at(uri: string, path: readonly string[], hops = 0): Resolution {
    if (!files.has(uri)) return { missing: uri };
    let value = files.get(uri)?.value;
    const passed: string[] = [];
    for (const [index, token] of path.entries()) {
      const key = keyIn(value, token);
      if (key === undefined) {
        if (!isReference(value) || hops > maxHops) return undefined;
        return resolve({ uri, path: passed }, value.$ref, hops + 1, path.slice(index));
      }
      value = childOf(value, key);
      passed.push(key);
    }
    return value === undefined ? undefined : settle({ uri, path: passed, value }, hops);
  }

  /** In the root, a reference to a reference is kept; elsewhere it is followed, so that its target is hoisted. */
  function settle(location: Location, hops: number): Resolution {
    const { uri, value } = location;
    if (uri === root || !isReference(value) || Object.keys(value).length > 1) return { location };
    return hops > maxHops ? undefined : resolve(location, value.$ref, hops + 1);
  }

  return {
    resolve: (from, reference, kind) => {
      wanted = kind;
      return resolve(from, reference);
    },
    at: (uri, path) => {
      wanted = undefined;
      return at(uri, path);
    },
  };
}

/**
 * The URL of a document that can be read; a reference to any other scheme (`urn:`, `ftp:`) is broken, not forbidden.
 */
function readable(file: string, base: URL): URL | undefined {
  const url = parseUrl(file, base);
  return url && isReadable(url) ? url : undefined;
}

/**
 * What `Pet`, `definitions/Pet` and `/components/schemas/Pet` mean without their `#`, if not a file. A name is that of a
 * component of the wanted kind. What would lead back to the reference itself is a file.
 */
function pointersMeant(file: string, { path }: Place, kind: Kind | undefined): string[] {
  const isPointer = /^\/?(components|definitions|parameters|responses)\/[^/]/.test(file);
  const meant = isPointer ? [file.replace(/^\/?/, '/')] : pointersOfName(file, kind);
  return meant.filter((pointer) => `#${pointer}` !== formatPointer(path));
}

/** Where shared objects are, whatever the version. */
const sections = [sectionsOf('3.1'), sectionsOf('2.0')];

function pointersOfName(name: string, kind: Kind | undefined): string[] {
  if (kind === undefined || !/^[\w.-]+$/.test(name) || /\.(ya?ml|json)$/i.test(name)) return [];
  const paths = sections.map((section) => section(kind)).filter((path) => path !== undefined);
  return paths.map((path) => `/${[...path, name].join('/')}`);
}

/**
 * Where a fragment leads in 2.0 and 3.0: many documents kept such references when they moved from one to the other. The
 * first slash may be missing.
 */
function sectionsMeant(fragment: string): string[] {
  const [, section = '', rest = ''] =
    /^\/?(?:components\/)?(definitions|schemas?|parameters|responses)(\/.*)$/s.exec(fragment) ?? [];
  if (section === '') return fragment.startsWith('components/') ? [`/${fragment}`] : [];
  const isSchema = !['parameters', 'responses'].includes(section);
  return isSchema
    ? [`/components/schemas${rest}`, `/definitions${rest}`]
    : [`/components/${section}${rest}`, `/${section}${rest}`];
}

/** The schemas that a fragment may belong to, by path; the one that the specification means comes first. */
function* enclosing(
  { uri, path }: Place,
  fragment: string,
  resource: readonly string[],
  files: Files,
): Generator<readonly string[]> {
  if (resource.length > 0) yield resource;
  if (fragment === '' && resource.length === 0) yield path.slice(0, outermostSchema(path));
  yield [];
  const [section = ''] = parsePointer(fragment) ?? [];
  if (!['$defs', 'definitions'].includes(section)) return;
  const value = files.get(uri)?.value ?? null;
  for (let length = path.length; length > 0; length -= 1) {
    const outer = path.slice(0, length);
    if (valueAt(value, [...outer, section]) !== undefined) yield outer;
  }
}

/** Length of the part of a path that leads to the outermost schema, which is what `#` means in older drafts. */
function outermostSchema(path: readonly string[]): number {
  if (path[0] === 'components') return path[1] === 'schemas' ? 3 : 0;
  return path[0] === 'definitions' ? 2 : path.indexOf('schema') + 1;
}

/** Matches a token literally, or else percent-decoded, as it should be in a URL fragment (RFC 6901). */
function keyIn(value: Json | undefined, token: string): string | undefined {
  if (!isObject(value) && !Array.isArray(value)) return undefined;
  if (childOf(value, token) !== undefined) return token;
  const lower = token.toLowerCase();
  // Methods in upper case have been renamed.
  const decoded = decodePercent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  const others = [decoded, ...(isMethod(lower) ? [lower] : [])];
  return others.find((key) => childOf(value, key) !== undefined);
}
