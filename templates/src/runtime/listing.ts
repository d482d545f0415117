import { isObject } from './api.js';
import type { Api, Json, JsonObject, JsonSchema, Tool } from './api.js';
import { SERVER_INFO, type DirectRequest } from './messages.js';
import { fixedSegments } from './search/index.js';
import { wholeCharacters } from './text.js';
import { ABOUT_FIELDS, offerFields } from './upstream/fields.js';
import type { FileTool } from './upstream/files.js';

/** With OAuth: tokens that clients obtain in these ways are accepted like any other (MCP extensions, auth). */
export const SIGN_IN_EXTENSIONS = {
  'io.modelcontextprotocol/oauth-client-credentials': {},
  'io.modelcontextprotocol/enterprise-managed-authorization': {},
};

/** A tool as clients see it. */
export interface ListedTool {
  readonly [key: string]: unknown;
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: JsonSchema & { readonly type: 'object' };
  readonly outputSchema?: JsonSchema & { readonly type: 'object' };
}

/**
 * A tool as clients see it, without repetition and defaults (MCP, ToolAnnotations: `idempotentHint` only has a meaning
 * for tools that change something). */
export function listTool(tool: FileTool, scopes?: readonly string[] | 'noauth'): ListedTool {
  const { name, title, description, annotations, inputSchema, outputSchema } = offerFields(tool);
  const { idempotentHint, ...hints } = annotations;
  const isIdempotent = idempotentHint && !hints.readOnlyHint;
  return {
    name,
    ...(title !== undefined && { title }),
    description,
    inputSchema: withoutClosing(
      withoutSizes(inputSchema as JsonObject) as ListedTool['inputSchema'],
    ),
    ...(outputSchema !== undefined && { outputSchema }),
    annotations: { ...hints, ...(isIdempotent && { idempotentHint }) },
    ...metaOf(tool, scopes),
  };
}

/**
 * Without the root's `additionalProperties: false`: the server refuses unknown arguments anyway, and suggests the
 * nearest. It stays if the document itself closes the body, and if a tool has no arguments (MCP, Tools).
 */
function withoutClosing(schema: ListedTool['inputSchema']): ListedTool['inputSchema'] {
  const { additionalProperties, ...open } = schema;
  const members = open['properties'] as JsonObject | undefined;
  const isKept = members === undefined || isClosed(members['body']);
  return additionalProperties === false && !isKept ? open : schema;
}

function isClosed(schema: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  return schema['additionalProperties'] === false || schema['unevaluatedProperties'] === false;
}

/** Formats for the size of a number in memory; documents also write types there. */
const SIZES = new Set<Json>(['int32', 'int64', 'float', 'double', 'number', 'integer', 'string']);

const DATA = new Set(['enum', 'const', 'default', 'examples', 'required', 'type', 'description']);

/** Whether there may be such a format; a schema without any, as most are, needs no copy. */
function mayHaveSizes(value: Json): boolean {
  if (Array.isArray(value)) return value.some(mayHaveSizes);
  if (!isObject(value)) return false;
  for (const key in value) {
    const member = value[key] ?? null;
    if (key === 'format' && SIZES.has(member)) return true;
    if (typeof member === 'object' && mayHaveSizes(member)) return true;
  }
  return false;
}

/** A schema without formats that mean nothing to a model. */
function withoutSizes(schema: Json): Json {
  if (!mayHaveSizes(schema)) return schema;
  if (Array.isArray(schema)) return schema.map(withoutSizes);
  if (!isObject(schema)) return schema;
  const kept: JsonObject = {};
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword] ?? null;
    if (keyword === 'properties' || keyword === '$defs') kept[keyword] = mapped(value);
    else if (keyword !== 'format' || !SIZES.has(value))
      kept[keyword] = typeof value !== 'object' || DATA.has(keyword) ? value : withoutSizes(value);
  }
  return kept;
}

/** The listed forms of members. In a generator, many tools have the same ones, whose tokens are then counted once. */
const listed = new WeakMap<JsonObject, Json>();

function mapped(members: Json): Json {
  if (!isObject(members)) return members;
  const kept: JsonObject = {};
  for (const name of Object.keys(members)) kept[name] = remembered(members[name] ?? null);
  return kept;
}

function remembered(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const known = listed.get(schema) ?? withoutSizes(schema);
  listed.set(schema, known);
  return known;
}

/**
 * What hosts look for in addition to the protocol: scopes and files (ChatGPT, Apps SDK reference). The scopes are in
 * both places, since its versions read different ones.
 */
function metaOf({ files: taken }: FileTool, scopes: readonly string[] | 'noauth' | undefined) {
  const security = scopes !== undefined && { securitySchemes: [securityOf(scopes)] };
  const files = taken !== undefined && { 'openai/fileParams': [...taken.keys()] };
  return { ...security, ...((security || files) && { _meta: { ...security, ...files } }) };
}

function securityOf(scopes: readonly string[] | 'noauth'): object {
  return scopes === 'noauth' ? { type: 'noauth' } : { type: 'oauth2', scopes };
}

// The list changes only with a deployment; clients may cache it for five minutes.
export const CACHE = { ttlMs: 300_000, cacheScope: 'private' } as const;

/** The result of `tools/list` for old and new protocol versions, serialized once: a thousand tools are megabytes. */
export function createLists(listed: () => readonly ListedTool[], info: unknown) {
  let printed: string | undefined;
  const rest = JSON.stringify({ resultType: 'complete', ...CACHE, _meta: { [SERVER_INFO]: info } });
  return (era: DirectRequest['era']): string => {
    printed ??= JSON.stringify(listed());
    return `{"tools":${printed}${era === 'initialize' ? '}' : `,${rest.slice(1)}`}`;
  };
}

/** Claude Code truncates instructions at 2 KB. In characters. */
const LONGEST = 2000;

// ChatGPT may only read 512 characters, so these two parts are all that it is certain to see.
const LONGEST_OPENING = 330;
const LONGEST_PURPOSE = 170;

type Described = Pick<Api, 'title' | 'description' | 'tools'>;

/**
 * The instructions that a server sends to clients: what the API is, what its tools are for, and then the rest of the
 * document's description. The first 512 characters are enough to understand the server.
 */
export function instructionsOf(api: Described): string {
  return shortenText(wholeInstructions(api), LONGEST);
}

/** The same before it is shortened. */
export function wholeInstructions({ title, description = '', tools }: Described): string {
  const [first = '', ...rest] = paragraphsOf(description);
  const opening = openingOf(first);
  const others = opening === first ? rest : [first, ...rest];
  const fields = tools.some((tool) => tool.fields !== undefined) ? ABOUT_FIELDS : '';
  const parts = [opening, purposeOf(title, tools), fields, ...others];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Without the headings before the first paragraph, which say nothing on their own. */
function paragraphsOf(description: string): string[] {
  const paragraphs = description.trim().split(/\n[^\S\n]*\n\s*/);
  const start = paragraphs.findIndex((paragraph) => !/^#{1,6} .*$/.test(paragraph));
  return start === -1 ? [] : paragraphs.slice(start).map((paragraph) => paragraph.trim());
}

/** A paragraph, or as many of its sentences as fit. */
function openingOf(paragraph: string): string {
  if (paragraph.length <= LONGEST_OPENING) return paragraph;
  const [sentences] = /^[^]*[.!?。！？](?=\s)/u.exec(paragraph.slice(0, LONGEST_OPENING)) ?? [];
  return sentences ?? shortenText(paragraph, LONGEST_OPENING);
}

function purposeOf(title: string, tools: readonly Tool[]): string {
  const names = new Set(tools.flatMap(({ request }) => resourceOf(request.path) ?? []));
  const sorted = [...names].sort();
  const start = `Tools of ${shortenText(title, 80)}`;
  let room = LONGEST_PURPOSE - start.length;
  const firstLeftOut = sorted.findIndex((name, index) => {
    room -= name.length + (index === 0 ? 0 : 2);
    return room < 0;
  });
  const shown = firstLeftOut === -1 ? sorted : sorted.slice(0, firstLeftOut);
  if (shown.length === 0) return `${start}.`;
  return `${start}, for: ${shown.join(', ')}${shown.length < sorted.length ? ' and more' : ''}.`;
}

/** The first segment of a path that names something: not a parameter, and not a version. */
function resourceOf(path: string): string | undefined {
  const segments = fixedSegments(path.replace(/\?.*$/, ''));
  return segments.find((segment) => !/^(\.+|v?\d.*|apis?|rest)$/i.test(segment));
}

/** A text that fits; a longer one is truncated after a word, and marked. */
export function shortenText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  if (limit === 0) return '';
  const note = ' … (shortened)';
  const room = Math.max(0, limit - note.length);
  const start = wholeCharacters(text.slice(0, room));
  const word = start.replace(/\s+\S*$/, '');
  return (word.length > room / 2 ? word : start).trimEnd() + note;
}
