import { decodePercent, parseUrl } from '../../../templates/src/runtime/text.js';
import { isObject, type Json } from '../../json.js';
import { valueAt } from '../../pointer.js';
import type { Files, LoadedFile, Place } from './resolver.js';

type Path = readonly string[];

/** The schemas of one document that can be referred to by an identifier instead of a pointer. */
interface Index {
  /** By absolute `$id`. */
  readonly ids: ReadonlyMap<string, Path>;
  /**
   * By `$anchor` and `$dynamicAnchor`, each with the path of its schema resource: the nearest `$id`, or the whole
   * document.
   */
  readonly anchors: readonly { readonly name: string; readonly path: Path; readonly of: Path }[];
}

/** Finds schemas by `$id` and `$anchor` (JSON Schema 2020-12, section 8.2) in the documents that were read. */
export interface Identifiers {
  /** The schema with an `$id` that a reference at a place refers to, in any of the documents. */
  find(from: Place, reference: string): Place | undefined;
  /** The path of the nearest schema around a place that has an `$id`; empty when there is none. */
  resourceOf(from: Place): Path;
  /**
   * The path of the schema with an anchor, in the given resource or else anywhere in its document, since few authors
   * write an `$id`.
   */
  anchor(resource: Place, name: string): Path | undefined;
}

/** Builds the index when it is first needed; most documents never need it. */
export function identifiersOf(files: Files): Identifiers {
  let all: Map<string, Place> | undefined;

  function find(from: Place, reference: string): Place | undefined {
    all ??= everything(files);
    if (all.size === 0) return undefined;
    const base = files.get(from.uri)?.base.href ?? '';
    for (const start of [baseAt(from, files), base]) {
      const found = all.get(absolute(reference, start));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function resourceOf(from: Place): Path {
    const { ids } = indexOf(files.get(from.uri));
    const around = [...ids.values()].filter((path) => isPrefix(path, from.path));
    return around.toSorted((a, b) => b.length - a.length)[0] ?? [];
  }

  function anchor(resource: Place, name: string): Path | undefined {
    const wanted = decodePercent(name);
    const named = indexOf(files.get(resource.uri)).anchors.filter((one) => one.name === wanted);
    const own = named.find(({ of }) => isPrefix(of, resource.path) && isPrefix(resource.path, of));
    return (own ?? named[0])?.path;
  }

  return { find, resourceOf, anchor };
}

function everything(files: Files): Map<string, Place> {
  const all = new Map<string, Place>();
  for (const [uri, file] of files)
    for (const [id, path] of indexOf(file).ids) if (!all.has(id)) all.set(id, { uri, path });
  return all;
}

const indexes = new WeakMap<LoadedFile, Index>();
const nothing: Index = { ids: new Map(), anchors: [] };

function indexOf(file: LoadedFile | undefined): Index {
  if (file === undefined) return nothing;
  const known = indexes.get(file) ?? makeIndex(file);
  indexes.set(file, known);
  return known;
}

function makeIndex({ value, base }: LoadedFile): Index {
  const ids = new Map<string, Path>();
  const anchors: { name: string; path: Path; of: Path }[] = [];
  const enter = (found: Json, path: string[], of: Path, start: string) => {
    if (typeof found !== 'object' || found === null) return;
    const id = textAt(found, '$id');
    const own = id === undefined || id.startsWith('#') ? undefined : absolute(id, start);
    if (own !== undefined && !ids.has(own)) ids.set(own, [...path]);
    const resource = own === undefined ? of : [...path];
    // In draft 6 an `$id` of `#name` was an anchor.
    const oldAnchor = own === undefined ? id?.slice(1) : undefined;
    for (const name of [textAt(found, '$anchor'), textAt(found, '$dynamicAnchor'), oldAnchor])
      if (name !== undefined && name !== '') anchors.push({ name, path: [...path], of: resource });
    for (const [key, child] of Object.entries(found)) {
      path.push(key);
      enter(child, path, resource, own ?? start);
      path.pop();
    }
  };
  enter(value, [], [], base.href);
  return { ids, anchors };
}

function textAt(value: Json, key: string): string | undefined {
  const found = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** The base URI at a place: of the nearest `$id` around it, or of the document. */
function baseAt({ uri, path }: Place, files: Files): string {
  const file = files.get(uri);
  let base = file?.base.href ?? '';
  for (let length = 0; length <= path.length; length += 1) {
    const id = textAt(valueAt(file?.value ?? null, path.slice(0, length)) ?? null, '$id');
    if (id !== undefined && !id.startsWith('#')) base = absolute(id, base);
  }
  return base;
}

/** An identifier without its empty fragment, resolved against the base where that is possible. */
function absolute(id: string, base: string): string {
  const bare = id.replace(/#$/, '');
  return parseUrl(bare, base)?.href ?? bare;
}

function isPrefix(start: Path, path: Path): boolean {
  return start.length <= path.length && start.every((token, index) => token === path[index]);
}
