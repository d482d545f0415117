import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { argumentType } from '../../print/argument-type.js';
import { formatTable } from '../../print/table.js';
import { object, text, type JsonObject } from '../../json.js';
import { searchTools } from './find.js';
import type { Session } from './session.js';

/** A tool of a server, or the search result for an operation; undefined when it has neither. */
export async function findTool(
  session: Session,
  name: string,
): Promise<Tool | CallToolResult | undefined> {
  const tools = await session.listTools();
  const tool = tools.find((one) => one.name === name);
  const search = searchTools(tools);
  if (tool !== undefined || search === undefined) return tool;
  return session.callTool(search.find, { names: [name] });
}

/** A tool's description, and a table of its arguments. */
export function describeTool(
  { name, title, description, inputSchema }: Tool,
  columns: number,
): string {
  const schema = inputSchema as JsonObject;
  const required = new Set(inputSchema.required);
  const rows = Object.entries(object(schema['properties'])).map(([argument, value]) => [
    argument,
    argumentType(schema, value),
    required.has(argument) ? 'yes' : '',
    (text(object(value)['description']) ?? '').replaceAll(/\s+/g, ' '),
  ]);
  const words = [...new Set([title ?? name, description])].filter(Boolean).join('\n\n');
  const table = formatTable(['ARGUMENT', 'TYPE', 'REQUIRED', 'DESCRIPTION'], rows, columns);
  return `${words}\n\n${rows.length === 0 ? 'It takes no arguments.\n' : table}`;
}
