import type { RequestListener } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';

/** Answers a request of one's own, with whatever method. Nobody is asked for a token. */
export type Route = (request: Request) => Response | Promise<Response>;

/** Routes by their path, compared exactly. */
export type Routes = Readonly<Record<string, Route>>;

const MAX_BODY_BYTES = 1_048_576;

/**
 * The handlers of routes by path.
 * @throws Error when a path is one of the server's own, which a route would take away, its gate included.
 */
export function createRoutes(
  routes: Routes,
  isTaken: (path: string) => boolean,
  onError: (error: Error) => void,
): ReadonlyMap<string, RequestListener> {
  const entries = Object.entries(routes).map(([path, route]) => {
    if (!path.startsWith('/') || isTaken(path)) throw new Error(`No route can be at ${path}`);
    const fetch = async (request: Request) => route(request);
    const options = { onerror: onError, maxRequestBodySize: MAX_BODY_BYTES };
    const handler = toNodeHandler({ fetch }, options);
    return [
      path,
      (...[request, response]: Parameters<RequestListener>) => void handler(request, response),
    ] as const;
  });
  return new Map(entries);
}
