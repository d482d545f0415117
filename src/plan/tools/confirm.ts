import type { JsonSchema } from '../../../templates/src/runtime/api.js';
import type { Problem } from '../../errors.js';
import { object } from '../../json.js';
import type { Operation } from '../operations/operations.js';

/** Placeholders of a question that are not arguments: the user would not see the values that matter. */
export function unknownPlaceholders(
  { place }: Operation,
  question: boolean | string | undefined,
  inputSchema: JsonSchema,
): Problem[] {
  if (typeof question !== 'string') return [];
  const names = Object.keys(object(inputSchema['properties']));
  const used = [...question.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
  const unknown = [...new Set(used)].filter((name) => !names.includes(name));
  return unknown.map((name) => ({
    code: 'INVALID_X_MCP',
    place,
    message: `x-mcp.confirm asks about {${name}}, which is not an argument of the tool.`,
    remedy:
      names.length === 0
        ? 'Remove it: the tool has no arguments.'
        : `The arguments are ${names.join(', ')}.`,
  }));
}
