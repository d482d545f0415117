import { JSONPathRecursionLimitError, type JSONPathNode, type JSONPathQuery } from 'json-p3';
import { InputError, type Problem } from '../../errors.js';
import { isObject } from '../../json.js';
import type { Json, Report } from '../document.js';
import { parseBytes } from '../parse/parse.js';
import { tooDeep } from '../problems.js';
import { within } from '../read/location.js';
import type { Read } from '../read/read.js';
import { clone, moveWritten } from '../written.js';
import { readOverlay, type Action } from './read-overlay.js';

/** The location of an overlay, and its name in messages. */
export interface OverlaySource {
  readonly url: URL;
  readonly place: string;
}

/**
 * Applies overlays to the document as it was written, before references are followed and the version is upgraded, so
 * that targets match the document that the author sees. All overlays are read first; the document is changed.
 */
export async function applyOverlays(
  document: Json,
  sources: readonly OverlaySource[],
  read: Read,
  report: Report,
): Promise<void> {
  const actions: Action[] = [];
  const problems: Problem[] = [];
  for (const source of sources) {
    const found = await readSource(source, read, report);
    actions.push(...found.actions);
    problems.push(...found.problems);
  }
  if (problems.length > 0) throw new InputError(problems);
  if (!isObject(document)) return;
  for (const action of actions) apply(action, document, report);
}

async function readSource({ url, place }: OverlaySource, read: Read, report: Report) {
  try {
    const { bytes } = await read(url);
    return readOverlay(parseBytes(bytes, place, report), place);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { actions: [], problems: error.problems.map((one) => within(one, '--overlay')) };
  }
}

function apply({ target, text, change, place }: Action, document: Json, report: Report): void {
  const nodes = query(target, document, place);
  if (nodes.length === 0) report(noMatch(text, place));
  if (change.kind === 'remove') {
    // From the last to the first, so that positions in a list stay valid.
    for (const { location } of nodes.toReversed()) remove(document, location);
    return;
  }
  const value = change.kind === 'update' ? change.value : source(change.from, document, place);
  for (const { location } of nodes) update(document, location, value);
}

function query(path: JSONPathQuery, document: Json, place: string): readonly JSONPathNode[] {
  try {
    return path.query(document).nodes;
  } catch (error) {
    throw error instanceof JSONPathRecursionLimitError ? tooDeep(place) : error;
  }
}

function source(from: JSONPathQuery, document: Json, place: string): Json {
  const [node, ...others] = query(from, document, place);
  if (node !== undefined && others.length === 0) return node.value as Json;
  throw new InputError({
    code: 'INVALID_OVERLAY',
    message: `The source of a copy must match exactly one value; the path matches ${others.length === 0 ? 'none' : others.length + 1}.`,
    place,
    remedy: 'Write a path that matches one place in the document.',
  });
}

type Location = JSONPathNode['location'];

function update(document: Json, location: Location, value: Json): void {
  const key = location.at(-1);
  if (key === undefined) merge(document, value);
  else {
    const parent = containerAt(document, location);
    if (isObject(parent)) moveWritten([{}, ''], [parent, key]);
    setIn(parent, key, merge(getIn(parent, key), value));
  }
}

function remove(document: Json, location: Location): void {
  const parent = containerAt(document, location);
  const key = location.at(-1);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (isObject(parent)) Reflect.deleteProperty(parent, String(key));
}

function containerAt(document: Json, location: Location): Json {
  return location.slice(0, -1).reduce<Json>((value, key) => getIn(value, key) ?? null, document);
}

function getIn(container: Json, key: string | number): Json | undefined {
  if (Array.isArray(container)) return container[Number(key)];
  return isObject(container) && Object.hasOwn(container, key) ? container[key] : undefined;
}

function setIn(container: Json, key: string | number, value: Json): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  else if (isObject(container)) container[key] = value;
}

function noMatch(target: string, place: string): Problem {
  return {
    code: 'OVERLAY_MATCHES_NOTHING',
    message: `The target ${JSON.stringify(target)} matches nothing in the document.`,
    place,
    remedy:
      'Correct the target or remove the action. Targets apply to the document as it is written.',
  };
}

/**
 * The value that results when an overlay updates another one (OpenAPI Overlay 1.1, Action Object): objects are merged
 * member by member, lists are appended to, everything else is replaced. Changes the target, never the update.
 */
function merge(target: Json | undefined, update: Json): Json {
  // An empty key in YAML is null: it changes nothing and does not delete the target.
  if (update === null && typeof target === 'object') return target;
  if (Array.isArray(target)) {
    const added = Array.isArray(update) ? update : [update];
    for (const [index, item] of added.entries()) {
      moveWritten([added, index], [target, target.length]);
      target.push(clone(item));
    }
    return target;
  }
  if (!isObject(target) || !isObject(update)) return clone(update);
  for (const [key, value] of Object.entries(update)) {
    moveWritten([update, key], [target, key]);
    target[key] = merge(Object.hasOwn(target, key) ? target[key] : undefined, value);
  }
  return target;
}
