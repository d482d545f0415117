import type { CallToolResult } from '@modelcontextprotocol/server';
import { isObject, type Api, type Json, type JsonObject, type Tool } from '../api.js';
import type { Caller } from '../caller.js';
import { isOversized, parseJson } from '../http.js';
import { BODY_LIMITS, errorResult } from '../messages.js';
import { createNearest, type FindNearest } from '../nearest.js';
import { quoted } from '../text.js';
import { createMap } from './map.js';
import { createFind, isRead, metaTools, noOperation, toolNames, type Lacking } from './three.js';

/** How the operations of an API are offered: each as a tool, or through three tools that find and call them. */
export type ToolMode = 'all' | 'search';

/** What a call means: an operation with its arguments, or something that this server answers itself. */
type Meant =
  | { readonly tool: Tool; readonly arguments: JsonObject }
  | { readonly tool?: undefined; answer(caller: Caller | undefined): CallToolResult };

/** What a server lists, and what its calls mean. */
export interface Offer {
  readonly listed: readonly Tool[];
  /** Whether a listed tool is one of the three. */
  readonly isMeta: (tool: Tool) => boolean;
  /** Whether the tool with this name only finds operations, which does not involve the API. */
  readonly isFind: (name: string) => boolean;
  /** Undefined if there is no such tool. */
  readonly meaning: (name: string, args: JsonObject) => Meant | undefined;
  /** What to do about a name that no tool has; it is not repeated, since it may be anything. */
  readonly unknown: (name: string) => string;
  /** The operation that a call would run, for the scope check. */
  readonly operationOf: (name: string, args: unknown) => string | undefined;
  /** That operation, or else the tool itself, if there is one: its name in telemetry. */
  readonly toolOf: (name: string, args: unknown) => string | undefined;
}

/** How many tools a server lists in a mode: the three plus the pinned ones, or all. */
export function countListed(api: Api, mode: ToolMode = api.toolMode ?? 'all'): number {
  const names = Object.values(toolNames(api));
  return mode === 'all' ? api.tools.length : names.length + pinnedOf(api, names).length;
}

/** Tools that are listed besides the three, unless one of the three has the same name. */
function pinnedOf({ tools }: Api, metaNames: readonly string[]): readonly Tool[] {
  return tools.filter(({ name, pinned }) => pinned === true && !metaNames.includes(name));
}

/** Creates the offer of an API in a mode. */
export function createOffer(
  api: Api,
  mode: ToolMode = api.toolMode ?? 'all',
  lacking: Lacking = () => [],
): Offer {
  const tools = new Map(api.tools.map((tool) => [tool.name, tool]));
  return mode === 'all' ? offerAll(api, tools) : offerSearch(api, tools, lacking);
}

function offerAll(api: Api, tools: ReadonlyMap<string, Tool>): Offer {
  const nearest = createNearest(tools.keys());
  return {
    listed: api.tools,
    isMeta: () => false,
    isFind: () => false,
    meaning: (name, args) => {
      const tool = tools.get(name);
      return tool && { tool, arguments: args };
    },
    unknown: (name) => `Unknown tool. The nearest names are ${nearest(name).join(', ')}.`,
    operationOf: (name) => name,
    toolOf: (name) => tools.get(name)?.name,
  };
}

function offerSearch(api: Api, tools: ReadonlyMap<string, Tool>, lacking: Lacking): Offer {
  const map = createMap(api.tools);
  const meta = metaTools(api, map);
  const names = toolNames(api);
  const metaNames = new Set<string>(Object.values(names));
  const nearest = createNearest(tools.keys());
  const find = createFind(api, map, lacking, nearest);
  const pinned = pinnedOf(api, [...metaNames]);
  const direct = new Map(pinned.map((tool) => [tool.name, tool]));

  function named(name: string, args: unknown): Tool | undefined {
    if (!metaNames.has(name)) return direct.get(name);
    const operation = isObject(args) ? args['name'] : undefined;
    const tool = typeof operation === 'string' ? tools.get(operation) : undefined;
    return tool !== undefined && name === (isRead(tool) ? names.read : names.write)
      ? tool
      : undefined;
  }

  return {
    listed: [...meta, ...pinned],
    isMeta: ({ name }) => metaNames.has(name),
    isFind: (name) => name === names.find,
    unknown: (name) =>
      tools.has(name)
        ? `Unknown tool. ${whyNot(name, tools, names, nearest)}`
        : `Unknown tool. There are ${[...metaNames].join(', ')}; the nearest operations are ${nearest(name).join(', ')}.`,
    operationOf: (name, args) => named(name, args)?.name,
    toolOf: (name, args) => named(name, args)?.name ?? (metaNames.has(name) ? name : undefined),
    meaning: (name, args) => {
      if (name === names.find) return { answer: (caller) => find(args, caller) };
      const tool = named(name, args);
      if (!metaNames.has(name)) return tool && { tool, arguments: args };
      if (tool === undefined) return refuse(whyNot(args['name'], tools, names, nearest));
      const stray = Object.keys(args).filter((key) => key !== 'name' && key !== 'arguments');
      if (stray.length > 0) return refuse(outside(stray));
      const given = argumentsIn(args);
      return given === undefined ? refuse(NO_OBJECT) : { tool, arguments: given };
    },
  };
}

const NO_OBJECT = '`arguments` must be an object: the arguments of the operation, by name.';

/** Otherwise the operation would be called without them. */
function outside(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(quoted);
  return `Unknown: ${shown.join(', ')}. The arguments of the operation go inside \`arguments\`.`;
}

/** The arguments of an operation; models also send them as a string of JSON. */
function argumentsIn(args: JsonObject): JsonObject | undefined {
  const given = args['arguments'] ?? {};
  const value = typeof given === 'string' ? parsed(given) : given;
  return isObject(value) ? value : undefined;
}

/** The limits for bodies also apply inside a string. */
function parsed(text: string): Json | undefined {
  const bytes = new TextEncoder().encode(text);
  if (text.trim() === '') return {};
  return isOversized(bytes, BODY_LIMITS) ? undefined : (parseJson(bytes) as Json | undefined);
}

function whyNot(
  name: Json | undefined,
  tools: ReadonlyMap<string, Tool>,
  names: ReturnType<typeof toolNames>,
  nearest: FindNearest,
): string {
  if (typeof name !== 'string')
    return `\`name\` must be the name of an operation; ${names.find} finds them.`;
  const tool = tools.get(name);
  if (tool !== undefined)
    return isRead(tool)
      ? `${name} only reads: call it with ${names.read}.`
      : `${name} is a write operation (${tool.request.method}): call it with ${names.write}.`;
  return `${noOperation(name, nearest)}; ${names.find} finds others.`;
}

function refuse(text: string): Meant {
  return { answer: () => errorResult(text) };
}
