import type { JsonObject } from '../../../load/document.js';
import { listOperations, type Operation } from '../../../plan/operations/operations.js';

/** Finds the operation for a request. */
export type Router = (method: string, target: URL) => Operation | undefined;

interface Route {
  readonly operation: Operation;
  readonly pattern: RegExp;
  /** What the template has after its path: `/search?type=image`. */
  readonly query: URLSearchParams;
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
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : b.query.size - a.query.size));
  return (method, { pathname, searchParams }) =>
    routes.find(
      ({ operation, pattern, query }) =>
        operation.method === method &&
        pattern.test(pathname) &&
        [...query].every(([name, value]) => searchParams.has(name, value)),
    )?.operation;
}

function toRoute(operation: Operation): Route {
  const [, path = '', query = ''] = /^\/?([^?#]*)\??([^#]*)/.exec(operation.template) ?? [];
  // As in the target of a request: URLs have nothing but visible ASCII.
  const sent = path.replace(/[^\x21-\x7e]+/gu, encodeURIComponent);
  return {
    operation,
    pattern: new RegExp(`^/${patternOf(sent, operation)}/?$`, 'u'),
    query: new URLSearchParams(query),
    // Sorts after every character of a path, so that parameters come after text, and `{id}` after `{id}:cancel`.
    rank: [...sent.split(/\{[^{}]*\}/), ''].join('\uFFFF'),
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
