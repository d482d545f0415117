import type { ToolAnnotations } from '../../templates/src/runtime/api.js';
import type { Problem } from '../errors.js';
import type { Json, JsonObject } from '../load/document.js';
import { array, isObject, object, record, text, texts } from '../json.js';
import type { Operation } from './operations.js';
import { formatPointer } from '../pointer.js';

/** What the extension `x-mcp` says of an operation; on it, its path, its tags or the root, the nearest first. */
export interface Curation {
  readonly enabled: boolean;
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  /** Alternatives, as in `api.ts`. */
  readonly scopes?: readonly (readonly string[])[];
  readonly annotations: Partial<ToolAnnotations>;
}

const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

export function readCuration(
  root: JsonObject,
  operation: Operation,
): { curation: Curation; warnings: Problem[] } {
  const tags = array(root['tags'])
    .filter(isObject)
    .filter((tag) => operation.tags.includes(text(tag['name']) ?? ''));
  const layers = [root, ...tags, operation.pathItem, operation.definition].map((holder) =>
    object(holder['x-mcp']),
  );
  const merged = Object.assign({}, ...layers) as JsonObject;
  const own = object(operation.definition['x-mcp']);
  const name = readName(own['name']);
  const [title, description, scopes] = [
    text(own['title']),
    text(own['description']),
    readScopes(merged['scopes']),
  ];
  const curation = {
    enabled: merged['enabled'] !== false,
    ...(name !== undefined && { name }),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(scopes !== undefined && { scopes }),
    annotations: Object.assign(
      {},
      ...layers.map((layer) => readHints(layer['annotations'])),
    ) as Partial<ToolAnnotations>,
  };
  return {
    curation,
    warnings: own['name'] !== undefined && name === undefined ? [illegalName(operation)] : [],
  };
}

/** The hierarchy of scopes that the document's root states: `x-mcp: { implies: { admin: [read, write] } }`. */
export function readImplications(root: JsonObject): Record<string, readonly string[]> | undefined {
  const entries = Object.entries(object(object(root['x-mcp'])['implies'])).map(
    ([scope, implied]) => [scope, texts(implied)] as const,
  );
  return entries.length === 0 ? undefined : record(entries);
}

function readName(value: Json | undefined): string | undefined {
  const name = text(value);
  return name !== undefined && /^[a-z0-9_-]{1,64}$/.test(name) ? name : undefined;
}

function readScopes(value: Json | undefined): string[][] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((item) => Array.isArray(item)) ? value.map(texts) : [texts(value)];
}

function readHints(value: Json | undefined): Partial<ToolAnnotations> {
  const hints = object(value);
  return record(
    HINTS.map(
      (hint) => [hint, typeof hints[hint] === 'boolean' ? hints[hint] : undefined] as const,
    ),
  );
}

function illegalName(operation: Operation): Problem {
  return {
    code: 'ILLEGAL_TOOL_NAME',
    place: `${operation.place}/${formatPointer(['x-mcp', 'name']).slice(2)}`,
    message: 'x-mcp.name is not a legal tool name, and is ignored.',
    remedy: 'Use 1 to 64 characters of a-z, 0-9, _ and -.',
  };
}
