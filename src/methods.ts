import { SAFE_METHODS, type ToolAnnotations } from '../templates/src/runtime/api.js';

/**
 * What a client may assume about a method (RFC 9110 section 9.2). POST adds; PUT, PATCH and DELETE replace or remove
 * data. An unknown method is assumed to do the worst.
 */
export function hintsOf(method: string): Omit<ToolAnnotations, 'openWorldHint'> {
  const readOnlyHint = SAFE_METHODS.includes(method);
  return {
    readOnlyHint,
    destructiveHint: !readOnlyHint && method !== 'POST',
    idempotentHint: readOnlyHint || ['PUT', 'DELETE'].includes(method),
  };
}
