import { isObject } from '../../json.js';
import type { Json } from '../document.js';

/**
 * What becomes of a value that an overlay updates (OpenAPI Overlay 1.1, Action Object): objects are merged, member by
 * member; lists get what is added at their end; everything else is replaced. Changes the target, never the update.
 */
export function merge(target: Json | undefined, update: Json): Json {
  // An empty key of YAML stands for nothing, not for an end of what is there.
  if (update === null && typeof target === 'object') return target;
  if (Array.isArray(target)) {
    target.push(...structuredClone([update].flat()));
    return target;
  }
  if (!isObject(target) || !isObject(update)) return structuredClone(update);
  for (const [key, value] of Object.entries(update)) {
    target[key] = merge(Object.hasOwn(target, key) ? target[key] : undefined, value);
  }
  return target;
}
