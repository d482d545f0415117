import { isObject, type Json, type JsonObject, type JsonSchema, type Tool } from './api.js';
import { leanText } from './lean-text.js';
import { leanSchema, repeatsName } from './lean.js';
import { offerFields } from './upstream/fields.js';
import type { FileTool } from './upstream/files.js';

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
  const { name, title, annotations, inputSchema, outputSchema } = offerFields(tool);
  const { idempotentHint, ...hints } = annotations;
  const isIdempotent = idempotentHint && !hints.readOnlyHint;
  return {
    name,
    ...(title !== undefined && { title }),
    description: descriptionOf(tool),
    inputSchema: withoutClosing(leanSchema(inputSchema)),
    ...(outputSchema !== undefined && { outputSchema }),
    annotations: { ...hints, ...(isIdempotent && { idempotentHint }) },
    ...metaOf(tool, scopes),
  };
}

/**
 * Without the root's `additionalProperties: false`: the server refuses unknown arguments anyway, and suggests the nearest.
 * It stays if the document itself closes the body, and if a tool has no arguments (MCP, Tools).
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

/** The description without the title at its beginning, if the rest and the name contain all words of the title. */
function descriptionOf({ name, title, description }: Tool): string {
  const rest = description.slice((title?.length ?? 0) + 2);
  const isTitled = title !== undefined && description === `${title}\n\n${rest}`;
  return leanText(isTitled && repeatsName(title, name, rest) ? rest : description) || description;
}

/**
 * What hosts look for in addition to the protocol: scopes and files (ChatGPT, Apps SDK reference). The scopes are in both
 * places, since its versions read different ones.
 */
function metaOf({ fileParams }: FileTool, scopes: readonly string[] | 'noauth' | undefined) {
  const security = scopes !== undefined && { securitySchemes: [securityOf(scopes)] };
  const files = fileParams !== undefined && { 'openai/fileParams': fileParams };
  return { ...security, ...((security || files) && { _meta: { ...security, ...files } }) };
}

function securityOf(scopes: readonly string[] | 'noauth'): object {
  return scopes === 'noauth' ? { type: 'noauth' } : { type: 'oauth2', scopes };
}
