import { JSONPathRecursionLimitError, type JSONPathNode, type JSONPathQuery } from 'json-p3';
import { InputError, type Problem } from '../../errors.js';
import { childOf, isObject, setChild } from '../../json.js';
import type { Json, Report } from '../document.js';
import { parseBytes } from '../parse/parse.js';
import { limits } from '../limits.js';
import { namesOfPath, suggestMember } from '../meant.js';
import { tooDeep } from '../problems.js';
import { within } from '../read/location.js';
import type { Read } from '../read/read.js';
import { clone, moveWritten } from '../written.js';
import { merge, type Note } from './merge.js';
import { readOverlay, type Action } from './read-overlay.js';

/** The location of an overlay, and its name in messages. */
export interface OverlaySource {
  readonly url: URL;
  readonly place: string;
}

/**
 * Applies overlays to the document as it was written, before references are followed and the version is upgraded, so
 * that targets match the document that the author sees. All overlays are read first; the document is changed. The
 * actions may add `most` characters of JSON.
 */
export async function applyOverlays(
  document: Json,
  sources: readonly OverlaySource[],
  read: Read,
  report: Report,
  most = limits.bytes,
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
  let left = most;
  const grow = (characters: number, place: string) => {
    left -= characters;
    if (left < 0) throw tooLarge(place);
  };
  for (const action of actions) apply(action, document, report, grow);
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

/**
 * Counts the characters of JSON that an action adds. A few copies of the whole document, each with all earlier ones,
 * would exhaust the memory.
 */
type Grow = (characters: number, place: string) => void;

function apply(
  { target, text, change, place }: Action,
  document: Json,
  report: Report,
  grow: Grow,
): void {
  const nodes = query(target, document, place);
  if (nodes.length === 0) report(noMatch(text, document, place));
  if (change.kind === 'remove') {
    remove(nodes.map(({ location }) => [containerAt(document, location), location.at(-1) ?? '']));
    return;
  }
  const value = change.kind === 'update' ? change.value : source(change.from, document, place);
  grow(nodes.length * JSON.stringify(value).length, place);
  const mismatches: Problem[] = [];
  for (const { location } of nodes) {
    if (location.length === 0 && !isObject(value ?? {})) throw invalidRoot(place);
    update(document, location, value, (message) => mismatches.push(mismatch(message, place)));
  }
  // Others are of the same kind.
  mismatches.slice(0, 1).forEach(report);
}

function query(path: JSONPathQuery, document: Json, place: string): readonly JSONPathNode[] {
  try {
    const nodes = path.query(document).nodes;
    // `$.servers[0, 0]` selects a node twice.
    return [...new Map(nodes.map((node) => [JSON.stringify(node.location), node])).values()];
  } catch (error) {
    throw error instanceof JSONPathRecursionLimitError ? tooDeep(place) : error;
  }
}

function source(from: JSONPathQuery, document: Json, place: string): Json {
  const [node, ...others] = query(from, document, place);
  // A list that is appended to itself would grow while it is read.
  if (node !== undefined && others.length === 0) return clone(node.value as Json);
  throw invalid(
    `The source of a copy must match exactly one value; the path matches ${others.length === 0 ? 'none' : others.length + 1}.`,
    place,
    'Write a path that matches one place in the document.',
  );
}

type Location = JSONPathNode['location'];

function update(document: Json, location: Location, value: Json, note: Note): void {
  const key = location.at(-1) ?? 0;
  const parent = location.length === 0 ? [document] : containerAt(document, location);
  if (typeof parent === 'object' && parent !== null) moveWritten([{}, ''], [parent, key]);
  const old = childOf(parent, String(key));
  const at = location.map(String);
  if (value === null && typeof old === 'object') note('The update is empty and changes nothing.');
  else setChild(parent, key, merge(old, asItems(old, value), at, note));
}

/** A list takes a list, or one item. */
function asItems(old: Json | undefined, value: Json): Json {
  return Array.isArray(old) && !Array.isArray(value) ? [value] : value;
}

/** Removes members and items. From the last item to the first, so that positions in a list stay valid. */
function remove(members: readonly (readonly [Json, string | number])[]): void {
  const position = (key: string | number) => (typeof key === 'number' ? key : -1);
  for (const [parent, key] of members.toSorted((a, b) => position(b[1]) - position(a[1]))) {
    if (Array.isArray(parent)) removeItem(parent, Number(key));
    else if (isObject(parent)) Reflect.deleteProperty(parent, String(key));
  }
}

function removeItem(list: Json[], index: number): void {
  for (let next = index + 1; next < list.length; next += 1)
    moveWritten([list, next], [list, next - 1]);
  list.splice(index, 1);
}

function containerAt(document: Json, location: Location): Json {
  return location
    .slice(0, -1)
    .reduce<Json>((value, key) => childOf(value, String(key)) ?? null, document);
}

function noMatch(target: string, document: Json, place: string): Problem {
  const meant = suggestMember(document, namesOfPath(target) ?? []);
  return {
    code: 'OVERLAY_MATCHES_NOTHING',
    message: `The target ${JSON.stringify(target)} matches nothing in the document.`,
    place,
    remedy: `${meant}Correct the target or remove the action. Targets apply to the document as it is written; to add a member, target the object around it.`,
  };
}

function mismatch(message: string, place: string): Problem {
  const remedy = 'Correct the update; to replace a value, remove it first.';
  return { code: 'OVERLAY_MISMATCH', message, place, remedy };
}

function tooLarge(place: string): InputError {
  const message = 'The actions up to this one would make the document too large.';
  const remedy = 'Remove actions that copy what earlier ones have added, or narrow their targets.';
  return new InputError({ code: 'TOO_REPETITIVE', message, place, remedy });
}

function invalidRoot(place: string): InputError {
  const message = 'The whole document can be updated by an object only.';
  return invalid(message, place, 'Write the members to change below update.');
}

function invalid(message: string, place: string, remedy: string): InputError {
  return new InputError({ code: 'INVALID_OVERLAY', message, place, remedy });
}
