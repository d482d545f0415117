import { childOf, isObject, type Json } from '../../json.js';
import { formatPointer, parsePointer } from '../../pointer.js';
import { isReadable, mayLead } from '../read/location.js';
import { isReference } from '../walk.js';

/** A document that has been read: its value, and the URL that its relative references start from. */
export interface LoadedFile {
  readonly value: Json;
  readonly base: URL;
}

/** The documents read so far, by the URL that was asked for; undefined for one that could not be read. */
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

/** What a `$ref` leads to: a value, a document that is not read yet, one that must not be read, or nothing. */
export type Resolution =
  | { readonly location: Location }
  | { readonly missing: string }
  | { readonly forbidden: string; readonly from: URL }
  | undefined;

/** The location, when there is one. */
export function found(resolution: Resolution): Location | undefined {
  return resolution !== undefined && 'location' in resolution ? resolution.location : undefined;
}

/** Finds what references mean, through other references, across documents. */
export interface Resolver {
  /** What a `$ref` at a place refers to. */
  resolve(from: Place, reference: string): Resolution;
  /** The value at a path, when references on the way are followed. */
  at(uri: string, path: readonly string[]): Resolution;
}

/** References that lead to references; more of them are a circle. */
const maxHops = 100;

/** Makes the resolver for a set of documents, which may grow, and the first of which is `root`. */
export function createResolver(root: string, files: Files): Resolver {
  function resolve(
    { uri }: Place,
    reference: string,
    hops = 0,
    rest: readonly string[] = [],
  ): Resolution {
    const [file = '', ...fragment] = reference.split('#');
    const path = parsePointer(fragment.join('#'));
    if (path === undefined) return undefined;
    if (file === '') return at(uri, [...path, ...rest], hops);
    const base = files.get(uri)?.base;
    const target = base && readable(file, base);
    if (base === undefined || target === undefined) return undefined;
    if (!mayLead(base, target)) return { forbidden: reference, from: base };
    return at(target.href, [...path, ...rest], hops);
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

  /** In the root a reference to a reference stays one; elsewhere it is followed, to hoist what it means. */
  function settle(location: Location, hops: number): Resolution {
    const { uri, value } = location;
    if (uri === root || !isReference(value) || Object.keys(value).length > 1) return { location };
    return hops > maxHops ? undefined : resolve(location, value.$ref, hops + 1);
  }

  return { resolve, at };
}

/** A URL that documents can be read from; a reference to any other (`urn:`, `ftp:`) is broken, not forbidden. */
function readable(file: string, base: URL): URL | undefined {
  const url = URL.canParse(file, base.href) ? new URL(file, base) : undefined;
  return url && isReadable(url) ? url : undefined;
}

/** A token is taken as it is written, or else percent-decoded, as it should be in a URL fragment (RFC 6901). */
function keyIn(value: Json | undefined, token: string): string | undefined {
  if (!isObject(value) && !Array.isArray(value)) return undefined;
  if (childOf(value, token) !== undefined) return token;
  const decoded = decode(token);
  return childOf(value, decoded) === undefined ? undefined : decoded;
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return token;
  }
}
