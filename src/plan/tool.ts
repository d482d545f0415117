import type {
  RequestShape,
  ScopeAlternatives,
  SecurityScheme,
  Tool,
  ToolAnnotations,
} from '../../templates/src/runtime/api.js';
import type { Problem } from '../errors.js';
import type { Document, JsonObject } from '../load/document.js';
import type { Curation } from './curation.js';
import { planInput } from './input.js';
import { object, text } from '../json.js';
import type { Operation } from './operations.js';
import type { PlanOptions } from './plan.js';
import { resolveOrEmpty } from './reference.js';
import { LONGEST } from './schema/fit.js';
import type { ReferenceGraph } from './schema/references.js';
import { normalizeAlternatives, planSecurity, scopesFromSpec, unknownSchemes } from './security.js';
import { operationServer, type ServerVariables } from './servers.js';

/** What every tool of one document shares. */
export interface ToolContext {
  readonly document: Document;
  readonly options: PlanOptions;
  readonly graph: ReferenceGraph;
  readonly schemes: Readonly<Record<string, SecurityScheme>>;
  readonly credentials: ReadonlySet<string>;
  /** What the servers of operations may share with the API's own. */
  readonly serverVariables: ServerVariables;
  /** What the relative servers of an operation are resolved against, in a document that has no URL. */
  readonly baseUrl?: string;
}

/** A tool, the scopes it needs, and what was left out of it. */
export interface PlannedTool {
  readonly tool: Tool;
  readonly scopes: ScopeAlternatives;
  /** So many levels of its arguments are described; absent: all. */
  readonly levels?: number;
  readonly warnings: readonly Problem[];
}

/** @throws BrokenReference */
export function planTool(
  context: ToolContext,
  operation: Operation,
  name: string,
  curation: Curation,
): PlannedTool {
  const { document, graph, schemes, credentials } = context;
  const root = document.openapi;
  const security = planSecurity(root, operation);
  const { inputSchema, levels, parameters, body, warnings } = planInput(
    root,
    graph,
    operation,
    credentials,
  );
  const server = operationServer(
    operation,
    document.url ?? context.baseUrl,
    context.serverVariables,
  );
  const accept = acceptOf(root, operation);
  const request: RequestShape = {
    method: operation.method,
    path: operation.template,
    ...(server !== undefined && { server }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { body }),
    ...(accept !== undefined && { accept }),
    ...(security !== undefined && { security }),
  };
  return {
    tool: {
      name,
      ...describe(operation, curation),
      annotations: { ...annotate(operation.method), ...curation.annotations },
      inputSchema,
      request,
      ...(curation.pinned && { pinned: true }),
    },
    scopes: scopesOf(
      context.options,
      operation.method,
      curation,
      scopesFromSpec(security, schemes),
    ),
    ...(levels !== undefined && { levels }),
    warnings: [
      ...warnings,
      ...(levels === undefined ? [] : [cut(operation, levels)]),
      ...unknownSchemes(operation, security, schemes),
    ],
  };
}

function cut({ place }: Operation, levels: number): Problem {
  return {
    code: 'SCHEMA_CUT',
    place,
    message: `The schema of the arguments is longer than ${LONGEST / 1024} KiB; what is nested deeper than ${levels} ${levels === 1 ? 'level' : 'levels'} is not described.`,
    remedy: 'Leave out parts of it with --overlay, if models should see the rest.',
  };
}

function describe(
  { definition, method, path }: Operation,
  curation: Curation,
): Pick<Tool, 'title' | 'description'> {
  const title = curation.title ?? text(definition['summary']);
  const long = text(definition['description']);
  const whole = [title, long].filter(
    (part) => part !== undefined && !(part === title && long?.startsWith(part) === true),
  );
  const description =
    curation.description ?? (whole.length > 0 ? whole.join('\n\n') : `${method} ${path}`);
  return {
    ...(title !== undefined && { title }),
    description: definition['deprecated'] === true ? `Deprecated. ${description}` : description,
  };
}

// RFC 9110 section 9.2: what a method means, and so what a client may assume. POST adds; PUT, PATCH and DELETE
// replace or remove what was there, and what a method does that nobody knows is assumed to be bad.
function annotate(method: string): ToolAnnotations {
  const safe = ['GET', 'HEAD', 'OPTIONS', 'QUERY'].includes(method);
  return {
    readOnlyHint: safe,
    destructiveHint: !safe && method !== 'POST',
    idempotentHint: safe || ['PUT', 'DELETE'].includes(method),
    openWorldHint: true,
  };
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
    : [[['GET', 'HEAD', 'QUERY'].includes(method) ? 'tools:read' : 'tools:execute']];
}

/**
 * The media types of successful answers, JSON first, since that is what a model reads best. A response only tells
 * what to ask for: one that is missing is no reason to do without the tool.
 */
function acceptOf(root: JsonObject, { definition }: Operation): string | undefined {
  const successes = Object.entries(object(definition['responses'])).filter(([status]) =>
    /^2|^default$/.test(status),
  );
  const types = successes.flatMap(([, response]) =>
    Object.keys(object(resolveOrEmpty(root, response)['content'])),
  );
  const legal = [...new Set(types)].filter((type) =>
    /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+(\s*;\s*[\w-]+=("[^"\\\r\n]*"|[\w.-]+))*$/.test(type),
  );
  const json = legal.filter((type) => /[/+]json\b/.test(type));
  const sorted = [...json, ...legal.filter((type) => !json.includes(type))];
  return sorted.length === 0 ? undefined : sorted.join(', ');
}
