import type { JsonObject } from '../../../load/document.js';
import { listOperations, type Operation } from '../../../plan/operations/operations.js';

/** Finds the operation for a request. */
export type Router = (method: string, path: string) => Operation | undefined;

interface Route {
  readonly operation: Operation;
  readonly pattern: RegExp;
  /** The template with parameters replaced by a high character: the lesser of two is the more concrete one. */
  readonly rank: string;
}

/**
 * A router for a document's operations. If several templates match, the one with text where others have a parameter
 * wins (OpenAPI 3.1, Paths Object).
 */
export function createRouter(root: JsonObject): Router {
  const routes = listOperations(root)
    .operations.map(toRoute)
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  return (method, path) =>
    routes.find(({ operation, pattern }) => operation.method === method && pattern.test(path))
      ?.operation;
}

function toRoute(operation: Operation): Route {
  const [path = ''] = operation.template.split(/[?#]/);
  const parts = path.split(/\{[^{}]*\}/);
  return {
    operation,
    pattern: new RegExp(`^${patternOf(path, operation)}/?$`, 'u'),
    // Sorts after every character of a path, so that parameters come after text.
    rank: parts.join('\uFFFF'),
  };
}

/** A parameter matches one segment of the path, or several if the document says so. */
function patternOf(path: string, { styles }: Operation): string {
  const parts = path.split(/(\{[^{}]*\})/);
  const pattern = parts.map((part) => {
    if (!/^\{.*\}$/.test(part)) return escapePattern(part);
    return styles.get(part.slice(1, -1)) === 'segments' ? '.+' : '[^/]+';
  });
  return pattern.join('');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
