import type { Json } from '../document.js';
import { childOf, isObject } from '../../json.js';
import { isReference } from '../json.js';
import { formatPointer, parsePointer } from '../../pointer.js';
import { isReadable } from '../read/location.js';
import { mayLead } from '../read/trust.js';

/** A document that has been read: its value, and the URL that its relative references start from. */
export interface LoadedFile {
  readonly value: Json;
  readonly base: URL;
}

/** The documents read so far, by the URL that was asked for; nothing for one that could not be read. */
export type Files = ReadonlyMap<string, LoadedFile | undefined>;

/** A value and where it stands. */
export interface Location {
  /** A key of `Files`. */
  readonly uri: string;
  readonly path: readonly string[];
  readonly value: Json;
}

/** A location in one line. */
export function locationKey({ uri, path }: Location): string {
  return uri + formatPointer(path);
}

/** Hears of documents that are needed and not there, and of those that must not be asked for. */
export interface Needs {
  missing(uri: string): void;
  forbidden(from: URL, reference: string): void;
}

/** Finds what references mean, through other references, across documents. */
export interface Resolver {
  /** What a `$ref` in the document `uri` stands for; nothing when that is not to be found. */
  resolve(uri: string, reference: string): Location | undefined;
  /** What stands at a path, when references on the way are followed. */
  at(uri: string, path: readonly string[]): Location | undefined;
}

/** References that lead to references; more of them are a circle. */
const maxHops = 100;

/** Makes the resolver for a set of documents, the first of which is `root`. */
export function createResolver(root: string, files: Files, needs: Needs): Resolver {
  function resolve(uri: string, reference: string, hops = 0, rest: readonly string[] = []) {
    const target = targetOf(uri, reference);
    return target && at(target.uri, [...target.path, ...rest], hops);
  }

  function targetOf(uri: string, reference: string) {
    const [file = '', ...fragment] = reference.split('#');
    const path = parsePointer(fragment.join('#'));
    const target = file === '' ? uri : absolute(uri, file, reference);
    return path && target !== undefined ? { uri: target, path } : undefined;
  }

  function absolute(uri: string, file: string, reference: string): string | undefined {
    const base = files.get(uri)?.base;
    if (!base || !URL.canParse(file, base.href)) return undefined;
    const url = new URL(file, base);
    // What nobody can read (`urn:`, `ftp:`) is missing, not forbidden.
    if (!isReadable(url)) return undefined;
    if (mayLead(base, url)) return url.href;
    needs.forbidden(base, reference);
    return undefined;
  }

  function at(uri: string, path: readonly string[], hops = 0): Location | undefined {
    if (!files.has(uri)) needs.missing(uri);
    let value = files.get(uri)?.value;
    const found: string[] = [];
    for (const [index, token] of path.entries()) {
      const key = keyIn(value, token);
      if (key === undefined) {
        if (!isReference(value) || hops > maxHops) return undefined;
        return resolve(uri, value.$ref, hops + 1, path.slice(index));
      }
      value = childOf(value, key);
      found.push(key);
    }
    return value === undefined ? undefined : settle({ uri, path: found, value }, hops);
  }

  /** In the root a reference to a reference stays one; elsewhere it is followed, to hoist what it means. */
  function settle(location: Location, hops: number): Location | undefined {
    const { uri, value } = location;
    if (uri === root || !isReference(value) || Object.keys(value).length > 1) return location;
    return hops > maxHops ? undefined : resolve(uri, value.$ref, hops + 1);
  }

  return { resolve, at };
}

/** A token is taken as it stands, or else percent-decoded, as it should be in a URL fragment (RFC 6901). */
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
