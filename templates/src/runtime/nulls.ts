import { isObject } from './api.js';

/** Levels below `params`: members of `capabilities`, `clientInfo` and `_meta` are the deepest. */
const DEPTH = 2;

/**
 * A body without the null members of its parameters: many clients write null where they mean nothing, and the schema of
 * MCP has no null there. The arguments of a call are kept as they are; the tool's own schema decides about them.
 */
export function withoutNulls(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutNulls);
  if (!isObject(body) || typeof body['method'] !== 'string') return body;
  const { params } = body;
  if (params === null) return { ...body, params: undefined };
  return isObject(params) && hasNull(params, DEPTH)
    ? { ...body, params: stripped(params, DEPTH) }
    : body;
}

/** An empty text is what model APIs have for the arguments of a call without any. */
function isNothing(key: string, value: unknown): boolean {
  return value === null || (key === 'arguments' && value === '');
}

function hasNull(value: unknown, depth: number): boolean {
  if (!isObject(value) || depth < 0) return false;
  return Object.entries(value).some(
    ([key, item]) => isNothing(key, item) || (key !== 'arguments' && hasNull(item, depth - 1)),
  );
}

function stripped(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth < 0) return value;
  const members = Object.entries(value).filter(([key, item]) => !isNothing(key, item));
  return Object.fromEntries(
    members.map(([key, item]) => [key, key === 'arguments' ? item : stripped(item, depth - 1)]),
  );
}
