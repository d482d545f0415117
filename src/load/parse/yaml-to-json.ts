import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Alias,
  type Node,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';
import type { Json, JsonObject, Report } from '../document.js';
import { isObject } from '../../json.js';
import { asBoolean } from '../upgrade/booleans.js';
import { keepWritten, moveWritten } from '../written.js';
import { maxDepth, maxRepeated } from '../limits.js';
import { duplicateKey, forbiddenKey, invalidSyntax, tooDeep, tooRepetitive } from '../problems.js';

interface Context {
  readonly placeOf: (offset: number) => string;
  readonly report: Report;
  /** The node of each anchor at this point of the text. */
  readonly anchors: Map<string, Node>;
  /** The node of each alias at its place, because an anchor may be defined again later. */
  readonly meanings: Map<Alias, Node>;
  /** Nodes being converted: an alias must not lead back into itself. */
  readonly open: Set<Node>;
  aliases: number;
  repeated: number;
}

/**
 * Converts YAML nodes into JSON values. The library's own `toJS` shares one object among aliases, walks over the
 * document to resolve each of them, and accepts values that JSON cannot hold. Here every alias is a copy, and copies
 * are counted.
 */
export function yamlToJson(
  node: ParsedNode | null,
  placeOf: Context['placeOf'],
  report: Report,
): Json {
  return convert(node, 0, {
    placeOf,
    report,
    anchors: new Map(),
    meanings: new Map(),
    open: new Set(),
    aliases: 0,
    repeated: 0,
  });
}

function convert(node: unknown, depth: number, context: Context): Json {
  if (isAlias(node)) return convertAlias(node, depth, context);
  if (isScalar(node)) return convertScalar(node, context);
  if (!isMap(node) && !isSeq(node)) return null;
  note(node, depth, context);
  context.open.add(node);
  const value = isMap(node)
    ? convertMap(node, depth, context)
    : convertList(node.items, depth, context);
  context.open.delete(node);
  return value;
}

function convertList(items: readonly unknown[], depth: number, context: Context): Json[] {
  const list = items.map((item) => convert(item, depth + 1, context));
  for (const [index, item] of items.entries()) keepText(list, String(index), item, context);
  return list;
}

/**
 * Keeps the source text of a number or a boolean that its value does not preserve: `1.10`, `08`, `True`; and of a text
 * without quotes that is a boolean in YAML 1.1: `yes`.
 */
function keepText(holder: object, key: string, item: unknown, context: Context): void {
  const node = isAlias(item) ? context.meanings.get(item) : item;
  if (!isScalar(node) || node.source === undefined) return;
  const { value, source } = node;
  const isLost =
    (typeof value === 'number' || typeof value === 'boolean') && String(value) !== source;
  const isWord = node.type === 'PLAIN' && typeof asBoolean(source) === 'boolean';
  if (isLost || isWord) keepWritten(holder, key, source);
}

function note(node: Node & { anchor?: string }, depth: number, context: Context): void {
  if (depth > maxDepth) throw tooDeep(placeOf(node, context));
  if (context.aliases === 0 && node.anchor !== undefined) context.anchors.set(node.anchor, node);
  if (context.aliases > 0) context.repeated += 1;
  if (context.repeated > maxRepeated) throw tooRepetitive(placeOf(node, context));
}

function convertScalar(node: Node & { value: unknown; source?: string }, context: Context): Json {
  note(node, 0, context);
  const { value } = node;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  // Dates, `.inf` and `.nan` do not exist in JSON. Where a number belongs, they are removed later.
  if ((value instanceof Date || typeof value === 'number') && node.source !== undefined)
    return node.source;
  throw invalidSyntax('JSON has no such value.', placeOf(node, context));
}

function convertAlias(node: Alias, depth: number, context: Context): Json {
  const meant = meaningOf(node, context);
  if (context.open.has(meant)) {
    throw invalidSyntax(
      `The alias *${node.source} is inside the value that it repeats.`,
      placeOf(node, context),
    );
  }
  context.aliases += 1;
  const value = convert(meant, depth, context);
  context.aliases -= 1;
  return value;
}

function meaningOf(node: Alias, context: Context): Node {
  const meant = context.meanings.get(node) ?? context.anchors.get(node.source);
  if (!meant) {
    const message = `The alias *${node.source} has no anchor before it.`;
    throw invalidSyntax(message, placeOf(node, context));
  }
  context.meanings.set(node, meant);
  return meant;
}

function convertMap(node: YAMLMap, depth: number, context: Context): JsonObject {
  const result: JsonObject = {};
  const merged: JsonObject[] = [];
  for (const pair of node.items) {
    const place = () => placeOf(isNode(pair.key) ? pair.key : node, context);
    const key = keyOf(pair.key, place, context);
    const value = convert(pair.value, depth + 1, context);
    const sources = key === '<<' ? mergeable(value) : undefined;
    if (sources) merged.push(...sources);
    else {
      assign(result, key, value, place, reportOf(context));
      keepText(result, key, pair.value, context);
    }
  }
  return merge(result, merged);
}

function keyOf(key: unknown, place: () => string, context: Context): string {
  const node = isAlias(key) ? meaningOf(key, context) : key;
  if (node === null) return '';
  if (!isScalar(node)) throw invalidSyntax('A key must be a string.', place());
  if (isNode(key)) note(node, 0, context);
  return String(node.value);
}

function assign(
  result: JsonObject,
  key: string,
  value: Json,
  place: () => string,
  report: Report,
): void {
  if (key === '__proto__') {
    report(forbiddenKey(place()));
    return;
  }
  if (Object.hasOwn(result, key)) report(duplicateKey(key, place()));
  result[key] = value;
}

/** Problems inside a repeated value were reported at its anchor. */
function reportOf({ aliases, report }: Context): Report {
  return aliases === 0 ? report : () => undefined;
}

/** The maps that a merge key (YAML 1.1, still in use) adds: one or several. */
function mergeable(value: Json): JsonObject[] | undefined {
  if (isObject(value)) return [value];
  return Array.isArray(value) && value.every(isObject) ? value : undefined;
}

/** The map's own keys win over merged ones, and earlier sources over later ones. */
function merge(own: JsonObject, sources: readonly JsonObject[]): JsonObject {
  for (const source of sources) {
    for (const [key, value] of Object.entries(source)) {
      if (Object.hasOwn(own, key)) continue;
      own[key] = value;
      moveWritten([source, key], [own, key]);
    }
  }
  return own;
}

function placeOf(node: Node, context: Context): string {
  return context.placeOf(node.range?.[0] ?? 0);
}
