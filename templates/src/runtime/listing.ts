import { isObject, type Json, type JsonObject, type JsonSchema } from './api.js';
import { SERVER_INFO } from './messages.js';
import { offerFields } from './upstream/fields.js';
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

/** A schema without formats that mean nothing to a model. */
function withoutSizes(schema: Json): Json {
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
function metaOf({ fileParams }: FileTool, scopes: readonly string[] | 'noauth' | undefined) {
  const security = scopes !== undefined && { securitySchemes: [securityOf(scopes)] };
  const files = fileParams !== undefined && { 'openai/fileParams': fileParams };
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
  const print = () => (printed ??= JSON.stringify(listed()));
  const rest = JSON.stringify({ resultType: 'complete', ...CACHE, _meta: { [SERVER_INFO]: info } });
  return {
    get initialize() {
      return `{"tools":${print()}}`;
    },
    get '2026-07-28'() {
      return `{"tools":${print()},${rest.slice(1)}`;
    },
  };
}
