import type { ToolAnnotations } from '../../../templates/src/runtime/api.js';
import type { Problem } from '../../errors.js';
import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, object, record, scalar, text } from '../../json.js';
import type { Operation } from '../operations/operations.js';

/** The `x-mcp` settings of an operation: its own, those of its path, of its tags and of the root, the nearest first. */
export interface Curation {
  readonly enabled: boolean;
  /** Whether the operation stays a separate tool beside the three that search, describe and call all others. */
  readonly pinned: boolean;
  /** Whether the tool may take the argument `fields`. */
  readonly fields: boolean;
  readonly name: string | undefined;
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** Alternatives, as in `api.ts`. */
  readonly scopes: readonly (readonly string[])[] | undefined;
  readonly annotations: Partial<ToolAnnotations>;
  /** Whether the user confirms each call, optionally with a custom question. */
  readonly confirm: boolean | string | undefined;
}

/** The hints of a tool (MCP, ToolAnnotations). */
export const hints = [
  'readOnlyHint',
  'destructiveHint',
  'idempotentHint',
  'openWorldHint',
] as const;

const NAME_FAULT = {
  code: 'ILLEGAL_TOOL_NAME',
  message: 'x-mcp.name is not a valid tool name and is ignored.',
  remedy: 'Use 1 to 64 characters of a-z, 0-9, _ and -.',
};
const SCOPES_FAULT = {
  code: 'INVALID_X_MCP',
  message: "x-mcp.scopes is not a list of scopes and is ignored; the document's own scopes apply.",
  remedy: 'Write a list of strings, or a list of such lists for alternatives.',
};
const ENABLED_FAULT = {
  code: 'INVALID_X_MCP',
  message: 'x-mcp.enabled is neither true nor false; the operation is skipped.',
  remedy: 'Write true or false, without quotes.',
};

const CONFIRM_FAULT = {
  code: 'INVALID_X_MCP',
  message: 'x-mcp.confirm is not true, false or a question; the user confirms each call.',
  remedy: 'Write true, false, or a question such as "Delete item {id}?".',
};

/** Reads the `x-mcp` settings of an operation. `faults` are warnings that may change which callers can use its tool. */
export function readCuration(
  root: JsonObject,
  operation: Operation,
): { curation: Curation; warnings: Problem[]; faults: Problem[] } {
  const tags = array(root['tags'])
    .filter(isObject)
    .filter((tag) => tag['x-mcp'] !== undefined)
    .filter((tag) => operation.tags.includes(scalar(tag['name']) ?? ''));
  const layers = [root, ...tags, operation.pathItem, operation.definition].map(settingsOf);
  const merged = Object.assign({}, ...layers) as JsonObject;
  const own = settingsOf(operation.definition);
  const name = readName(own['name']);
  const scopes = readScopes(merged['scopes']);
  const curation = {
    // Any value other than true means that the tool was not meant to be offered.
    enabled: merged['enabled'] === undefined || merged['enabled'] === true,
    pinned: own['pinned'] === true,
    fields: merged['fields'] !== false,
    name,
    title: text(own['title']),
    description: text(own['description']),
    scopes,
    confirm: readConfirm(merged['confirm']),
    annotations: consistent(
      Object.assign({}, ...layers.map((layer) => readHints(layer['annotations']))) as Hints,
    ),
  };
  const isScopeless = merged['scopes'] !== undefined && scopes === undefined;
  const ignored = [
    ...(own['name'] !== undefined && name === undefined ? [NAME_FAULT] : []),
    ...(isFlag(merged['enabled']) ? [] : [ENABLED_FAULT]),
  ];
  const placed = (fault: Problem) => ({ ...fault, place: operation.place });
  return {
    curation,
    warnings: ignored.map(placed),
    faults: [
      ...(isScopeless ? [placed(SCOPES_FAULT)] : []),
      ...(isConfirm(merged['confirm']) ? [] : [placed(CONFIRM_FAULT)]),
    ],
  };
}

/** The keys of `x-mcp`. Documents for other generators have `x-mcp: false` on what is not to be a tool. */
export function settingsOf({ 'x-mcp': value }: JsonObject): JsonObject {
  return typeof value === 'boolean' ? { enabled: value } : object(value);
}

/** The hierarchy of scopes at the document's root: `x-mcp: { implies: { admin: [read, write] } }`. */
export function readImplications(root: JsonObject): Record<string, readonly string[]> | undefined {
  const entries = Object.entries(object(settingsOf(root)['implies'])).map(
    ([scope, implied]) => [scope, (readScopes(implied) ?? []).flat()] as const,
  );
  return entries.length === 0 ? undefined : record(entries);
}

/** Whether `implies` is a map from each scope to those that it includes. */
export function isHierarchy(value: Json): boolean {
  const areScopes = (implied: Json) => readScopes(implied) !== undefined;
  return isObject(value) && isScopes(Object.keys(value)) && Object.values(value).every(areScopes);
}

/** Any value other than false means that the tool was meant to ask. */
function readConfirm(value: Json | undefined): boolean | string | undefined {
  if (value === undefined) return undefined;
  return isConfirm(value) ? (value as boolean | string) : true;
}

function isConfirm(value: Json | undefined): boolean {
  const question = text(value);
  // `no` without quotes is text in YAML 1.2, and not meant as the question.
  return (
    isFlag(value) || (question !== undefined && !/^(true|false|yes|no|on|off)$/i.test(question))
  );
}

function isFlag(value: Json | undefined): boolean {
  return value === undefined || typeof value === 'boolean';
}

function readName(value: Json | undefined): string | undefined {
  const name = text(value);
  return name !== undefined && /^[a-z0-9_-]{1,64}$/.test(name) ? name : undefined;
}

/**
 * Alternatives. One list is one alternative, and a string has the scopes of one, as OAuth writes them. Undefined for
 * anything else.
 */
function readScopes(value: Json | undefined): string[][] | undefined {
  if (typeof value === 'string') return readScopes(value.trim().split(/\s+/));
  if (isScopes(value)) return [value];
  return Array.isArray(value) && value.every(isScopes) ? value : undefined;
}

/** Whether every item can be a scope. Roles in a claim of their own may have blanks in their names. */
function isScopes(value: Json | undefined): value is string[] {
  const isScope = (item: Json) =>
    typeof item === 'string' && /^[^\p{Cc}]*\S[^\p{Cc}]*$/u.test(item);
  return Array.isArray(value) && value.every(isScope);
}

type Hints = Partial<ToolAnnotations>;

/** A tool that only reads does not destroy, whatever its method. */
function consistent(given: Hints): Hints {
  return given.readOnlyHint === true ? { destructiveHint: false, ...given } : given;
}

function readHints(value: Json | undefined): Hints {
  const given = object(value);
  return record(
    hints.map(
      (hint) => [hint, typeof given[hint] === 'boolean' ? given[hint] : undefined] as const,
    ),
  );
}
