import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import type { Tool } from '../../templates/src/runtime/api.js';
import type { Problem } from '../errors.js';

// The validator keeps all it compiled; a new one now and then keeps the memory for 10,000 tools flat.
const BATCH = 100;

/**
 * Compiles every tool's schema as clients may. One that fails would fail in front of a user; here the operation is
 * left out, with the reason in a warning.
 */
export function checkSchemas<T extends { readonly tool: Tool; readonly place: string }>(
  planned: readonly T[],
): { sound: T[]; warnings: Problem[] } {
  const warnings: Problem[] = [];
  let validator = new AjvJsonSchemaValidator();
  // Many tools of a large document take the same arguments.
  const known = new Set<string>();
  const sound = planned.filter(({ tool, place }) => {
    const text = JSON.stringify(tool.inputSchema);
    if (known.has(text)) return true;
    if (known.size % BATCH === 0) validator = new AjvJsonSchemaValidator();
    try {
      validator.getValidator(tool.inputSchema);
      known.add(text);
      return true;
    } catch (error) {
      warnings.push({
        code: 'INVALID_SCHEMA',
        place,
        message: `Left out: the MCP SDK does not accept the schema of its arguments (${error instanceof Error ? error.message : 'unknown reason'}).`,
        remedy: 'Mend the schema, or leave the operation out with --exclude.',
      });
      return false;
    }
  });
  return { sound, warnings };
}
