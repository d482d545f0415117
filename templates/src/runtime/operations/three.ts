import type { CallToolResult } from '@modelcontextprotocol/server';
import { SAFE_METHODS } from '../api.js';
import type { Api, Json, JsonObject, Tool, ToolAnnotations } from '../api.js';
import type { Caller } from '../caller.js';
import { listTool } from '../listing.js';
import { errorResult } from '../messages.js';
import type { FindNearest } from '../nearest.js';
import { createSearch } from '../search/rank.js';
import { plural, quoted } from '../text.js';
import { linesOf, type ResourceMap } from './map.js';

/** The names of the three tools; custom code may choose others in `api.searchTools`. */
export function toolNames({ searchTools }: Api) {
  return {
    find: 'find_operations',
    read: 'call_read_operation',
    write: 'call_write_operation',
    ...searchTools,
  };
}

/** Whether an operation only reads. The method decides: hints may be edited, and must not open the wrong tool. */
export function isRead({ request }: Tool): boolean {
  return SAFE_METHODS.includes(request.method);
}

const MAX_TITLE = 100;
const MAX_RESOURCES = 700;
const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const WRITES: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: false,
};
// None of the three calls the API itself: `request` is for tools that do.
const request = { method: '', path: '/' };

/** The definitions of the three tools. Their size does not depend on the document. */
export function metaTools(api: Api, map: ResourceMap): Tool[] {
  const names = toolNames(api);
  const about = `${api.title.slice(0, MAX_TITLE)} has ${plural(api.tools.length, 'operation')}.`;
  const first = `Get its name and input schema from ${names.find} first.`;
  const openWorldHint = api.tools.some(({ annotations }) => annotations.openWorldHint);
  const call = { inputSchema: callSchema(names.find), request };
  return [
    {
      name: names.find,
      description: `Finds operations of an API and their input schemas. ${about} Resources, with the number of their operations: ${map.summary(MAX_RESOURCES)}.`,
      annotations: READS,
      inputSchema: FIND_SCHEMA,
      request,
    },
    {
      name: names.read,
      description: `Calls an operation that only reads (${SAFE_METHODS.join(', ')}). ${first}`,
      annotations: READS,
      ...call,
    },
    {
      name: names.write,
      description: `Calls an operation that may create, change or delete (any other method). ${first}`,
      annotations: { ...WRITES, openWorldHint },
      ...call,
    },
  ];
}

const LIMIT = 10;
const MAX_LIMIT = 50;

const FIND_SCHEMA: Tool['inputSchema'] = {
  type: 'object',
  properties: {
    query: {
      type: 'string',
      description: 'What to do, in a few words: "create issue", "list open invoices".',
    },
    resource: {
      type: 'string',
      description:
        'Lists the operations of a resource. Without any argument, the resources are listed.',
    },
    tag: { type: 'string', description: 'The same as `resource`.' },
    names: {
      type: 'array',
      items: { type: 'string' },
      description: 'Returns the input schemas of these operations.',
    },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      description: `Maximum number of results; ${LIMIT} by default.`,
    },
  },
  additionalProperties: false,
};

function callSchema(find: string): Tool['inputSchema'] {
  return {
    type: 'object',
    properties: {
      name: { type: 'string', description: `The name of the operation, as returned by ${find}.` },
      arguments: {
        type: 'object',
        description: 'Its arguments, as described by its input schema.',
      },
    },
    required: ['name'],
    additionalProperties: false,
  };
}

/** The scopes that a caller lacks for an operation, as they are requested from the provider. */
export type Lacking = (tool: Tool, caller: Caller | undefined) => readonly string[];

const NOTHING =
  'No operation was found for these words. Try others (use delete or remove if you mean that), or a resource';
const WITH_SCHEMA = 3;
const MAX_NAMES = 20;
// In characters, about four per token: of a result for a query, and of one for names.
const MAX_ANSWER = 12_000;
const MAX_SCHEMAS = 40_000;

/** The results of the tool that finds operations. */
export function createFind(api: Api, map: ResourceMap, lacking: Lacking, nearest: FindNearest) {
  const { tools } = api;
  const names = toolNames(api);
  const search = createSearch(tools);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));

  return (given: JsonObject, caller: Caller | undefined): CallToolResult => {
    const args = asMeant(given);
    const fault = faultOf(args);
    if (fault !== undefined) return errorResult(fault);
    const { query, names: wanted } = args;
    const resource = args['resource'] ?? args['tag'];
    if (Array.isArray(wanted)) return answer(schemas(wanted as string[], caller));
    if (typeof query === 'string' && query.trim() !== '')
      return answer(hits(query, limitOf(args['limit']), caller));
    if (typeof resource !== 'string') return answer(wholeMap('Resources'));
    return answer(map.page(resource) ?? wholeMap('There is no such resource. Resources'));
  };

  function hits(query: string, limit: number, caller: Caller | undefined): string {
    const found = search(query, 2 * limit).flatMap((position) => tools[position] ?? []);
    if (found.length === 0) return wholeMap(NOTHING);
    const paths = [...new Set(found.map(({ request }) => request.path))].slice(0, limit);
    const shown = found.filter(({ request }) => paths.includes(request.path));
    const lines = linesOf(shown, noteFor(caller));
    const best = shown.slice(0, WITH_SCHEMA);
    const room = MAX_ANSWER - lines.length;
    return [lines, '', ...details(best, room), '', hint()].join('\n');
  }

  function schemas(wanted: readonly string[], caller: Caller | undefined): string {
    const known = wanted.flatMap((name) => byName.get(name) ?? []);
    const unknown = wanted.filter((name) => !byName.has(name));
    const missing = unknown.map((name) => `${noOperation(name, nearest)}.`);
    const lines = linesOf(known, noteFor(caller));
    return [lines, '', ...details(known, MAX_SCHEMAS), ...missing].join('\n').trim();
  }

  /** A note with the scopes that the caller has to request first. */
  function noteFor(caller: Caller | undefined): (tool: Tool) => string {
    return (tool) => {
      const scopes = lacking(tool, caller);
      return scopes.length === 0 ? '' : ` [needs scope ${scopes.join(' ')}]`;
    };
  }

  function details(some: readonly Tool[], room: number): string[] {
    let left = room;
    return some.map((tool) => {
      const how = `${tool.name} (${isRead(tool) ? names.read : names.write})`;
      const whole = `${how} input schema: ${JSON.stringify(listTool(tool).inputSchema)}`;
      const fits = whole.length <= left;
      const text = fits ? whole : `${how} ${requiredOf(tool)} Its schema: names ["${tool.name}"]`;
      left -= text.length;
      return text;
    });
  }

  function wholeMap(title: string): string {
    return `${title}, with the number of operations:\n${map.text()}`;
  }

  function hint(): string {
    return `Call reading operations (${SAFE_METHODS.join(', ')}) with ${names.read}, all others with ${names.write}.`;
  }
}

/** A sentence without its end about a name that no operation has. */
export function noOperation(name: string, nearest: FindNearest): string {
  return `There is no operation ${quoted(name)}. The nearest names are ${nearest(name).join(', ')}`;
}

function requiredOf({ inputSchema }: Tool): string {
  const { required } = inputSchema;
  const list = Array.isArray(required) ? required.slice(0, 20).join(', ') : '';
  return list === '' ? 'requires no argument.' : `requires ${list}.`;
}

function answer(text: string): CallToolResult {
  return { content: [{ type: 'text', text }] };
}

function limitOf(limit: Json | undefined): number {
  return limit === undefined ? LIMIT : Math.min(MAX_LIMIT, Math.max(1, Math.floor(Number(limit))));
}

/** Models fill in arguments that they do not use, and write a list as text. */
function asMeant({ name = null, names = null, ...others }: JsonObject): JsonObject {
  const isBlank = (value: Json) =>
    value === null || value === '' || (Array.isArray(value) && value.length === 0);
  const given = isBlank(names) ? name : names;
  const listed = typeof given === 'string' ? (given.match(/[^\s,"'[\]]+/g) ?? []) : given;
  const args = Object.entries({ ...others, names: listed });
  return Object.fromEntries(args.filter(([, value]) => !isBlank(value)));
}

function faultOf({ query, resource, tag, names, limit }: JsonObject): string | undefined {
  const texts = { query, resource, tag };
  for (const [name, value] of Object.entries(texts))
    if (value !== undefined && typeof value !== 'string') return `\`${name}\` must be a string.`;
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (names !== undefined && (!isList || names.length > MAX_NAMES))
    return `\`names\` must be a list of at most ${MAX_NAMES} names.`;
  // As elsewhere, a text may spell a number.
  const isSpelled = typeof limit === 'string' && /^\s*\d+\s*$/.test(limit);
  const isNumber = typeof limit === 'number' || isSpelled;
  return limit === undefined || isNumber ? undefined : '`limit` must be a number.';
}
