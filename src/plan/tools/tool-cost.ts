import type { Tool } from '../../../templates/src/runtime/api.js';
import { listTool } from '../../../templates/src/runtime/listing.js';
import { count } from '../../numbers.js';
import { array, isObject, object, text } from '../../json.js';
import type { Json, JsonObject } from '../../load/document.js';

/** Characters of a listing, by purpose. */
interface Parts {
  description: number;
  /** Descriptions of arguments and of their members. */
  texts: number;
  /** Enums. */
  values: number;
  examples: number;
  /** The names and types of members. */
  members: number;
  count: number;
}

/** The largest part of a tool's listing, in a few words: `154 members of its arguments`. */
export function costOf(tool: Tool): string {
  const listed = listTool(tool);
  const parts: Parts = {
    ...{ description: listed.description.length, texts: 0, values: 0, examples: 0 },
    ...{ members: 0, count: 0 },
  };
  visit(listed.inputSchema as JsonObject, parts);
  const output = lengthOf(listed.outputSchema ?? null);
  const reasons: [number, string][] = [
    [parts.description, `a description of ${characters(parts.description)}`],
    [parts.texts, `descriptions of arguments, ${characters(parts.texts)}`],
    [parts.values, `lists of values, ${characters(parts.values)}`],
    [parts.examples, `examples, ${characters(parts.examples)}`],
    [parts.members, `${count(parts.count)} members of its arguments`],
    [output, `its output schema, ${characters(output)}`],
  ];
  return reasons.sort(([a], [b]) => b - a)[0]?.[1] ?? '';
}

function characters(length: number): string {
  return `${count(length)} characters`;
}

function lengthOf(value: Json | object): number {
  return value === null ? 0 : JSON.stringify(value).length;
}

/** Adds up the parts of a schema and of its subschemas. */
function visit(schema: Json | undefined, parts: Parts): void {
  if (!isObject(schema)) return;
  parts.texts += text(schema['description'])?.length ?? 0;
  parts.values += lengthOf(schema['enum'] ?? null);
  parts.examples += lengthOf(schema['examples'] ?? null) + lengthOf(schema['default'] ?? null);
  for (const key of ['properties', '$defs'])
    for (const [name, member] of Object.entries(object(schema[key]))) {
      parts.members += name.length + lengthOf(object(member)['type'] ?? null) + 12;
      parts.count += 1;
      visit(member, parts);
    }
  for (const key of ['items', 'additionalProperties']) visit(schema[key], parts);
  for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems'])
    for (const branch of array(schema[key])) visit(branch, parts);
}
