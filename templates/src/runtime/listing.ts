import type { JsonSchema, Tool } from './api.js';
import { offerFields } from './upstream/fields.js';

/** A tool as clients see it. */
export interface ListedTool {
  readonly [key: string]: unknown;
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: JsonSchema & { readonly type: 'object' };
  readonly outputSchema?: JsonSchema & { readonly type: 'object' };
}

/**
 * A tool as clients see it, without what is said twice or goes without saying (MCP, ToolAnnotations: a hint that is
 * absent is not idempotent). `securitySchemes` is what ChatGPT reads to know which tools need which scopes, in one of
 * two places, depending on its version.
 */
export function listTool(tool: Tool, scopes?: readonly string[] | 'noauth'): ListedTool {
  const { name, title, description, annotations, inputSchema, outputSchema } = offerFields(tool);
  const { idempotentHint, ...hints } = annotations;
  return {
    name,
    ...(title !== undefined && { title }),
    description,
    inputSchema,
    ...(outputSchema !== undefined && { outputSchema }),
    annotations: { ...hints, ...(idempotentHint && { idempotentHint }) },
    ...(scopes !== undefined && securityOf(scopes)),
  };
}

function securityOf(scopes: readonly string[] | 'noauth') {
  const scheme = scopes === 'noauth' ? { type: 'noauth' } : { type: 'oauth2', scopes };
  return { securitySchemes: [scheme], _meta: { securitySchemes: [scheme] } };
}
