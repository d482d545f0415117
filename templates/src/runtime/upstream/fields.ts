import { isObject, keysOf, membersOf, own } from '../api.js';
import type { Api, Json, JsonObject, JsonSchema, Tool } from '../api.js';
import { parseJson } from '../http.js';
import { nearest } from '../nearest.js';
import { plural, quoted } from '../text.js';
import { ArgumentError } from './arguments.js';

/** The selected part of a response, and notes about paths that match nothing. */
interface Selection {
  readonly value: Json;
  readonly notes: readonly string[];
}

const MAX_PATHS = 100;
/** Of all paths together: the work for a path grows faster than its length. */
const MAX_CHARACTERS = 5000;
const MAX_UNKNOWN = 3;

/** Explains `fields` in the instructions of a server, so that each tool only has to list its own names. */
export const ABOUT_FIELDS =
  'The argument `fields` selects parts of a response by their paths, such as ["id", "user.name"]; its description lists some.';

/** The tool with the argument `fields`, where the generator offers it. */
export function offerFields(tool: Tool): Tool {
  if (tool.fields === undefined) return tool;
  const { properties } = tool.inputSchema;
  const names = tool.fields.join(', ');
  const fields: JsonSchema = {
    type: 'array',
    items: { type: 'string' },
    ...(names !== '' && { description: names }),
  };
  return {
    ...tool,
    inputSchema: {
      ...tool.inputSchema,
      properties: { ...membersOf(properties), fields },
    },
  };
}

/** The API with tools that do not take `fields`. */
export function withoutFields(api: Api): Api {
  return { ...api, tools: api.tools.map((tool) => ({ ...tool, fields: undefined })) };
}

/** Takes `fields`, also as JSON text or with commas, from the arguments of a tool with it. @throws ArgumentError */
export function takeFields(
  { fields: offered }: Tool,
  args: JsonObject,
): { readonly args: JsonObject; readonly fields?: readonly string[] } {
  if (offered === undefined || !Object.hasOwn(args, 'fields')) return { args };
  const { fields, ...rest } = args;
  const given = pathsOf(fields ?? null);
  if (given === undefined)
    throw new ArgumentError('fields must be a list of paths, such as ["id", "user.name"].');
  if (given.length > MAX_PATHS || given.join('').length > MAX_CHARACTERS)
    throw new ArgumentError(
      `fields has more than ${MAX_PATHS} paths, or more than ${MAX_CHARACTERS} characters.`,
    );
  const paths = cleaned(given);
  return paths.length === 0 ? { args: rest } : { args: rest, fields: paths };
}

function pathsOf(value: Json): string[] | undefined {
  if (value === null) return [];
  if (typeof value === 'string' && value.trimStart().startsWith('[')) {
    const list = parseJson(value);
    return Array.isArray(list) ? pathsOf(list as Json[]) : undefined;
  }
  if (typeof value === 'string') return value.split(',');
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item) => typeof item === 'string');
  return texts.length === value.length ? texts : undefined;
}

/** `$.items[].id`, `items[0].id` and `$['items'][*].id` mean `items.id`: paths go through lists by themselves. */
function cleaned(paths: readonly string[]): string[] {
  const plain = paths.map((path) =>
    path
      .trim()
      .replace(/^\$\.?/, '')
      .replaceAll(/\[(["'])(.*?)\1\]/g, '.$2')
      .replaceAll('[*]', '.*')
      .replaceAll(/\[[-\d:]*\]/g, '')
      .replace(/^\.+|\.+$/g, ''),
  );
  return [...new Set(plain)].filter((path) => path !== '');
}

/** Paths as a tree: a node without members is kept whole. */
interface Node {
  readonly members: ReadonlyMap<string, Node>;
  /** For the members of any name. */
  readonly any?: Node | undefined;
  readonly whole: boolean;
}

/** A node of the tree while paths are added. The values that it selects are collected once for all paths. */
class Growing implements Node {
  readonly members = new Map<string, Growing>();
  any: Growing | undefined;
  whole = false;
  readonly #collect: () => readonly Json[];
  #values: readonly Json[] | undefined;
  #objects: readonly JsonObject[] | undefined;
  #names: ReadonlySet<string> | undefined;

  constructor(collect: () => readonly Json[]) {
    this.#collect = collect;
  }

  get values(): readonly Json[] {
    return (this.#values ??= this.#collect());
  }

  get objects(): readonly JsonObject[] {
    return (this.#objects ??= objectsIn(this.values));
  }

  /** Whether an object here has a member of this name; usually one of the first has. */
  has(name: string): boolean {
    const { objects } = this;
    if (objects.slice(0, FEW).some((one) => Object.hasOwn(one, name))) return true;
    if (objects.length <= FEW) return false;
    this.#names ??= namesIn(objects);
    return this.#names.has(name);
  }

  member(name: string): Growing {
    const collect = () =>
      this.objects.filter((one) => Object.hasOwn(one, name)).map((one) => one[name] ?? null);
    const node = this.members.get(name) ?? new Growing(collect);
    this.members.set(name, node);
    return node;
  }

  /** In a map, whose names differ from response to response. */
  anyMember(): Growing {
    return (this.any ??= new Growing(() => this.objects.flatMap((one) => Object.values(one))));
  }
}

const FEW = 10;

function namesIn(objects: readonly JsonObject[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const one of objects) for (const name of keysOf(one)) names.add(name);
  return names;
}

/** The objects among values, also in lists of lists. */
function objectsIn(values: readonly Json[], found: JsonObject[] = [], depth = 0): JsonObject[] {
  for (const value of values)
    if (Array.isArray(value) && depth < MAX_DEPTH) objectsIn(value, found, depth + 1);
    else if (isObject(value)) found.push(value);
  return found;
}

const MAX_DEPTH = 500;

/**
 * Keeps the named members of a response; paths go through lists, as in a FieldMask (google.protobuf.FieldMask). If a
 * path names something that the response does not have, the deepest part it reaches is kept whole, with a note: the
 * call may not be repeatable.
 */
export function selectFields(
  answer: Json,
  paths: readonly string[],
  known: readonly string[] = [],
): Selection {
  const root = new Growing(() => [answer]);
  // A response of another shape than documented may have the names elsewhere.
  const isOther = root.objects.length > 0 && !known.some((name) => root.has(name));
  const listed = isOther ? [] : known;
  const unknown = paths.filter((path) => !addPath(root, path, listed));
  const notes = unknown.slice(0, MAX_UNKNOWN).map((path) => unknownNote(answer, path, listed));
  if (unknown.length > MAX_UNKNOWN)
    notes.push(`Not found either: ${plural(unknown.length - MAX_UNKNOWN, 'more field')}.`);
  return { value: select(answer, root), notes };
}

/** Whether the path matches in the response, or might: behind an empty list, or a member that is absent here. */
function addPath(root: Growing, path: string, known: readonly string[]): boolean {
  const start = nameAt(root, path) === undefined ? dotted(path) : path;
  const { node, rest } = follow(start, root);
  const isKnown = node === root && known.includes(rest.split('.', 1)[0] ?? '');
  if (rest !== '' && isKnown) return true;
  node.whole = true;
  return rest === '';
}

/** The deepest node that a path reaches, and the rest of the path, which the response does not have. */
function follow(path: string, node: Growing): { node: Growing; rest: string } {
  if (path === '') return { node, rest: '' };
  const name = nameAt(node, path);
  if (name !== undefined) return follow(path.slice(name.length + 1), node.member(name));
  if (node.objects.length === 0 && node.values.every((value) => isBlank(value)))
    return { node, rest: '' };
  const [item] = node.values.some(Array.isArray) || path === '*' ? (ITEM.exec(path) ?? []) : [];
  if (item !== undefined) return follow(path.slice(item.length), node);
  if (path.startsWith('*.') && node.objects.length > 0)
    return follow(path.slice('*.'.length), node.anyMember());
  return { node, rest: path };
}

/** Items of lists in lists, where paths of other kinds name one; all are meant. */
const ITEM = /^(?:(?:\*|-|\d+)(?:\.|$))+/;

/** `/items/0/id` (JSON Pointer, RFC 6901) and `items/id` with dots. */
function dotted(path: string): string {
  if (!path.includes('/')) return path;
  const names = path.replace(/^#?\//, '').split('/');
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
}

/** Whether a value does not show which members it could have: null, or a list of nothing else. */
function isBlank(value: Json, depth = 0): boolean {
  if (!Array.isArray(value)) return value === null;
  return depth < MAX_DEPTH && value.every((item) => isBlank(item, depth + 1));
}

const MAX_PARTS = 10;

/** The member that a path begins with, the longest if its own name has dots: nine of them at most. */
function nameAt(node: Growing, path: string): string | undefined {
  const parts = path.split('.', MAX_PARTS);
  const names = parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
  return names.find((name) => node.has(name));
}

function select(value: Json, node: Node, depth = 0): Json {
  if (node.whole || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => select(item, node, depth + 1));
  if (!isObject(value)) return value;
  const kept: [string, Json][] = [];
  for (const name of keysOf(value)) {
    const below = together(node.members.get(name), node.any);
    if (below !== undefined) kept.push([name, select(value[name] ?? null, below, depth + 1)]);
  }
  return Object.fromEntries(kept);
}

function together(own: Node | undefined, any: Node | undefined): Node | undefined {
  if (own === undefined || any === undefined) return own ?? any;
  // Each name once: twice at every depth would double the work with every depth.
  const names = new Set([...own.members.keys(), ...any.members.keys()]);
  const members = [...names].flatMap((name) => {
    const both = together(own.members.get(name), any.members.get(name));
    return both === undefined ? [] : [[name, both] as const];
  });
  const below = together(own.any, any.any);
  return { members: new Map(members), any: below, whole: own.whole || any.whole };
}

function unknownNote(answer: Json, path: string, known: readonly string[]): string {
  const candidates = [...new Set([...known, ...pathsIn(answer)])];
  const near = nearestPath(path, candidates);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `The response has no field ${quoted(path)}, so nothing beside it was left out.${hint}`;
}

/** The same last name elsewhere, or a name that is one typo away. */
function nearestPath(path: string, candidates: readonly string[]): string | undefined {
  const last = path.split('.').at(-1) ?? path;
  return (
    candidates.find((one) => one === last || one.endsWith(`.${last}`)) ?? nearest(path, candidates)
  );
}

const MAX_CANDIDATES = 200;

/** The paths of a response, those near the root first. */
function pathsIn(answer: Json): string[] {
  const found = new Set<string>();
  let level: (readonly [path: string, value: Json])[] = [['', answer]];
  for (let depth = 0; depth < 5 && found.size < MAX_CANDIDATES; depth += 1) {
    level = level.flatMap(([path, value]) => membersBelow(path, value)).slice(0, MAX_CANDIDATES);
    for (const [path] of level) found.add(path);
  }
  return [...found].slice(0, MAX_CANDIDATES);
}

function membersBelow(path: string, value: Json): (readonly [path: string, value: Json])[] {
  const first = firstItem(value);
  const names = isObject(first) ? keysOf(first).slice(0, MAX_CANDIDATES) : [];
  const start = path === '' ? '' : `${path}.`;
  return names.map((name) => [`${start}${name}`, own(membersOf(first), name) ?? null] as const);
}

function firstItem(list: Json): Json {
  let item = list;
  while (Array.isArray(item)) item = item[0] ?? null;
  return item;
}
