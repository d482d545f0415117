import {
  SAFE_METHODS,
  type RequestShape,
  type ScopeAlternatives,
  type SecurityScheme,
  type Tool,
} from '../../../templates/src/runtime/api.js';
import { isHeaderName } from '../../../templates/src/runtime/http.js';
import { shortenText } from '../../../templates/src/runtime/listing.js';
import type { Problem } from '../../errors.js';
import type { Document, JsonObject } from '../../load/document.js';
import type { Curation } from './curation.js';
import { annotate } from './annotations.js';
import { answerFields, answerSchema, contentsOf } from './answer-fields.js';
import { ignoredHeaders, withDeclared } from '../input/described-elsewhere.js';
import { planInput, type PlannedInput } from '../input/input.js';
import { unknownPlaceholders } from './x-mcp.js';
import { object, text } from '../../json.js';
import { resolve } from '../../pointer.js';
import type { Operation } from '../operations/operations.js';
import { outputSchema } from './output-schema.js';
import type { PlanOptions } from '../types.js';
import { LONGEST_DESCRIPTION, shorteningsOf } from './long.js';
import type { Inheritance } from '../schema/inheritance.js';
import type { ReferenceGraph } from '../schema/references.js';
import {
  normalizeAlternatives,
  planSecurity,
  scopesFromSpec,
  unknownSchemes,
} from '../security/security.js';
import { withQuery } from '../servers/server-url.js';
import { operationServer, type ServerVariables } from '../servers/servers.js';

/** Everything that the tools of one document share. */
export interface ToolContext {
  readonly document: Document;
  readonly options: PlanOptions;
  readonly graph: ReferenceGraph;
  readonly inheritance: Inheritance;
  readonly schemes: Readonly<Record<string, SecurityScheme>>;
  readonly credentials: ReadonlySet<string>;
  /** The API's server variables, which servers of operations may share. */
  readonly serverVariables: ServerVariables;
  /** The fixed query of the API's own server. */
  readonly serverQuery: string | undefined;
  /** The base for relative servers of an operation, in a document without a URL. */
  readonly baseUrl: string | undefined;
}

/** A tool, its scopes, and the parts of the operation that are not in it. */
export interface PlannedTool {
  readonly tool: Tool;
  readonly scopes: ScopeAlternatives;
  /** Depth to which its arguments are described; undefined means fully. */
  readonly depth?: number;
  readonly warnings: readonly Problem[];
}

/** Turns one operation into a tool, its scopes, and warnings about both. */
export function planTool(
  context: ToolContext,
  operation: Operation,
  name: string,
  curation: Curation,
): PlannedTool {
  const { document, schemes, options } = context;
  const root = document.openapi;
  const stated = planSecurity(root, operation);
  const security = withDeclared(stated, operation, schemes);
  const input = planInput(context, operation);
  const { inputSchema, depth, parameters } = input;
  const { request, serverWarnings } = planRequest(context, operation, input, security);
  const described = describe(operation, name, curation);
  const fields = curation.fields
    ? answerFields(root, operation, { parameters, inputSchema })
    : undefined;
  const output =
    options.outputSchemas === 'all' ? outputSchema(root, answerSchema(root, operation)) : undefined;
  const fromSpec = scopesFromSpec(stated, schemes);
  const scopes = scopesOf(options, operation.method, curation, fromSpec);
  // The API may have an empty alternative for reasons of its own, and `x-mcp.scopes: []` still requires a token.
  const isPublic = security?.length === 0 && scopes.length === 0 && curation.scopes === undefined;
  return {
    tool: {
      name,
      ...described,
      description: shortenText(described.description, LONGEST_DESCRIPTION),
      annotations: { ...annotate(operation), ...curation.annotations },
      inputSchema,
      ...(fields !== undefined && { fields }),
      ...(output !== undefined && { outputSchema: output }),
      request,
      ...(isPublic && { isPublic }),
      ...(curation.pinned && { pinned: true }),
      ...(curation.confirm !== undefined && { confirm: curation.confirm }),
    },
    scopes,
    ...(depth !== undefined && { depth }),
    warnings: [
      ...input.warnings,
      ...shorteningsOf(operation, input, described.description),
      ...serverWarnings,
      ...ignoredHeaders(root, operation, schemes, request),
      ...unknownSchemes(operation, security, schemes),
      ...unknownPlaceholders(operation, curation.confirm, inputSchema),
    ],
  };
}

function planRequest(
  { document, baseUrl, serverQuery, serverVariables }: ToolContext,
  operation: Operation,
  { parameters, body }: PlannedInput,
  security: RequestShape['security'],
): { readonly request: RequestShape; readonly serverWarnings: readonly Problem[] } {
  const server = operationServer(operation, document.url ?? baseUrl, serverVariables);
  const responseHeaders = responseHeadersOf(document.openapi, operation);
  const accept = acceptOf(document.openapi, operation);
  const request: RequestShape = {
    method: operation.method,
    path: withQuery(operation.template, server.query ?? serverQuery),
    ...(server.url !== undefined && { server: server.url }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { body }),
    ...(responseHeaders.length > 0 && { responseHeaders }),
    ...(accept !== undefined && { accept }),
    ...(security !== undefined && { security }),
  };
  return { request, serverWarnings: server.warnings };
}

/** Characters of a title. All of a longer summary is in the description. */
const LONGEST_TITLE = 200;

// Letters that a tool's name has no trace of.
const FOREIGN = /(?!\p{Script=Latin})\p{L}/u;

function describe(
  { definition, pathItem, method, path, operationId }: Operation,
  name: string,
  curation: Curation,
): Required<Pick<Tool, 'title' | 'description'>> {
  const summary = curation.title ?? text(definition['summary']);
  const isLost = operationId === undefined && FOREIGN.test(path);
  const title = summary ?? (isLost ? `${method} ${path}` : titleOf(operationId ?? name));
  const own = [summary, text(definition['description'])];
  // OpenAPI 3.1, Path Item Object: the summary and description of a path apply to all of its operations.
  const ofPath = [text(pathItem['summary']), text(pathItem['description'])];
  const [short, long] = own.some(Boolean) ? own : ofPath;
  const isRepeated = short !== undefined && long?.startsWith(short) === true;
  const whole = (isRepeated ? [long] : [short, long]).filter((part) => part !== undefined);
  const description =
    curation.description ?? (whole.length > 0 ? whole.join('\n\n') : `${method} ${path}`);
  return {
    title: shortenText(title, LONGEST_TITLE),
    description: definition['deprecated'] === true ? `Deprecated. ${description}` : description,
  };
}

/** A name as words: `getPetById` and `get_pet_by_id` become "Get pet by id". */
function titleOf(name: string): string {
  const spaced = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[^\p{L}\p{M}\p{N}]+| /u)
    .filter((word) => word !== '');
  const [first = '', ...rest] = spaced.map((word) =>
    /^[A-Z][a-z]/.test(word) ? word.toLowerCase() : word,
  );
  const title = [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(' ');
  return title === '' ? name : title;
}

function scopesOf(
  { scopes = 'spec' }: PlanOptions,
  method: string,
  curation: Curation,
  fromSpec: ScopeAlternatives,
): ScopeAlternatives {
  if (curation.scopes !== undefined) return normalizeAlternatives(curation.scopes);
  if (scopes === 'none') return [];
  return scopes === 'spec'
    ? fromSpec
    : [[SAFE_METHODS.includes(method) ? 'tools:read' : 'tools:execute']];
}

/**
 * The media types of successful responses, JSON first, since a model reads it best. A response only determines the
 * Accept header, so a missing one is not a reason to skip the tool.
 */
function acceptOf(root: JsonObject, operation: Operation): string | undefined {
  const types = new Set(contentsOf(root, operation).map(([type]) => type));
  const legal = [...types].filter((type) =>
    /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+(\s*;\s*[\w-]+=("[^"\\\r\n]*"|[\w.-]+))*$/.test(type),
  );
  const json = legal.filter((type) => /[/+]json\b/.test(type));
  const sorted = [...json, ...legal.filter((type) => !json.includes(type))];
  return sorted.length === 0 ? undefined : sorted.join(', ');
}

/**
 * Headers for browsers and proxies, and about the transfer: a model can do nothing with them. OpenAPI 3.1, Response
 * Object: a header called Content-Type is ignored.
 */
const MEANINGLESS = new RegExp(
  [
    '^(access-control|cross-origin)-',
    '^(content-security|permissions|referrer)-policy',
    '^x-(content-type-options|frame-options|xss-protection|powered-by)$',
    '^(strict-transport-security|server|via|vary|connection|keep-alive|trailer|transfer-encoding)$',
    '^content-(type|length|encoding)$',
  ].join('|'),
  'i',
);

/** The headers that the document describes for any response, each once, in order. */
function responseHeadersOf(root: JsonObject, { definition }: Operation): string[] {
  const responses = Object.values(object(definition['responses']));
  const names = responses.flatMap((response) =>
    Object.keys(object(resolve(root, response)['headers'])),
  );
  const useful = names.filter((name) => isHeaderName(name) && !MEANINGLESS.test(name));
  return [...new Map(useful.map((name) => [name.toLowerCase(), name])).values()];
}
