import { isObject, object, record, type Json, type JsonObject } from '../json.js';
import type { Tool } from '../../templates/src/runtime/api.js';
import type { Finding } from './change.js';
import { compareBodies } from './compare-bodies.js';
import { createComparison } from './schema/compare.js';

/** Changes of a tool's arguments. */
export function compareArguments(before: Tool, after: Tool): Finding[] {
  const [had, has] = [schemaOf(before), schemaOf(after)];
  const compare = createComparison(object(had['$defs']), object(has['$defs']));
  const [tops, others] = [topsOf(before), topsOf(after)];
  const haveBodies = before.request.body !== undefined && after.request.body !== undefined;
  const common = Object.keys(tops).filter((name) => Object.hasOwn(others, name));
  const alone = common.filter((name) => name !== 'body' || !haveBodies);
  return [
    // First the list of arguments, then each argument, so that each reports its own references.
    ...compare(withTops(had, tops, common), withTops(has, others, common), ''),
    ...alone.flatMap((name) => compare(tops[name] ?? true, others[name] ?? true, name)),
    ...compareBodies(
      { shape: before.request.body, schema: tops['body'] },
      { shape: after.request.body, schema: others['body'] },
      compare,
    ),
  ];
}

function schemaOf({ inputSchema }: Tool): JsonObject {
  return inputSchema as JsonObject;
}

/** The arguments without the one for the media type, which is compared with the body. */
function topsOf(tool: Tool): JsonObject {
  const properties = object(schemaOf(tool)['properties']);
  if (tool.request.body?.others === undefined) return properties;
  const { content_type: _, ...rest } = properties;
  return rest;
}

function withTops(schema: JsonObject, tops: JsonObject, common: readonly string[]): JsonObject {
  const { $defs: _, ...rest } = schema;
  const open = Object.entries(tops).map(([name, top]): [string, Json] => [
    name,
    common.includes(name) ? true : top,
  ]);
  return { ...rest, ...(isObject(schema['properties']) && { properties: record(open) }) };
}
