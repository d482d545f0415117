import type { Plan } from '../plan/types.js';
import { toolIdentifier } from './identifier.js';
import { printObject } from './literal.js';
import { printComment, printKey, printString } from './print.js';

type Tool = Plan['api']['tools'][number];

/**
 * Maximum length of a tool, in characters on one line, and maximum number of tools whose literals become types, for
 * `ArgumentsOf`. With more, compiling takes several times as long, for little that custom code needs.
 */
const limits = { length: 4096, tools: 1000 };

/** Prints the file of one of `count` tools: a constant with the tool. Its annotations alone fill a line. */
export function printTool(tool: Tool, count: number): string {
  const name = toolIdentifier(tool.name);
  const value = printObject(tool);
  const isLarge = count > limits.tools || lengthOf(tool) > limits.length;
  return `import type { Tool } from '../../runtime/api.js';

/** ${printComment(`${tool.request.method} ${tool.request.path}`)} */
export const ${isLarge ? `${name}: Tool = ${value}` : `${name} = ${value} as const satisfies Tool`};
`;
}

/** The characters of a literal on one line, with strings in double quotes. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return printString(value).length;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).length;
  if (Array.isArray(value)) return listLength(value.map(lengthOf), 0);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return listLength(
    members.map(([key, member]) => printKey(key).length + 2 + lengthOf(member)),
    2,
  );
}

function listLength(lengths: readonly number[], padding: number): number {
  const separators = Math.max(0, 2 * (lengths.length - 1));
  const inside = lengths.reduce((sum, length) => sum + length, separators);
  return 2 + inside + (lengths.length === 0 ? 0 : padding);
}
