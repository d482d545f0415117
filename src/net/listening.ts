import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseUrl } from '../../templates/src/runtime/text.js';
import { InputError } from '../errors.js';

/**
 * Listens on the loopback interface; port 0 chooses a free one. Idle connections stay open: one that ends just when its
 * client sends the next request would lose it. Resolves to the origin; rejects if the port is taken.
 */
export async function listen(server: Server, port: number): Promise<string> {
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The requested URL; the root for a target that is not a path, such as `//[`. */
export function targetOf({ url = '/' }: Pick<IncomingMessage, 'url'>): URL {
  const path = url.startsWith('/') ? `/.${url}` : '/';
  const root = new URL('http://127.0.0.1');
  return parseUrl(path, root) ?? root;
}

/** Ends a server and every open connection to it. */
export function closing(server: Server): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

const PORTS_TRIED = 20;

/** The first free port from `port` on; only a few are tried, because a user with more servers should choose. */
export async function firstFree(port: number): Promise<number | undefined> {
  for (let candidate = port; candidate < port + PORTS_TRIED; candidate += 1)
    if (await isFree(candidate)) return candidate;
  return undefined;
}

/** Whether a port of the loopback interface is free at the moment. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch {
    return false;
  }
  await closing(server)();
  return true;
}

/** The port given with a flag, or the first free one from `fallback` on. @throws InputError `PORT_TAKEN` */
export async function choosePort(
  flag: string,
  wanted: number | undefined,
  fallback: number,
): Promise<number> {
  if (wanted !== undefined && !(await isFree(wanted))) throw portTaken(flag, wanted);
  const port = wanted ?? (await firstFree(fallback));
  if (port !== undefined) return port;
  throw taken(flag, `The ports from ${fallback} on are taken.`);
}

/** The problem of a port given with a flag that another program listens on. */
export function portTaken(flag: string, port: number): InputError {
  return taken(flag, `Port ${port} is already in use.`);
}

function taken(flag: string, message: string): InputError {
  const remedy = `Stop the other program, or choose another port with ${flag}.`;
  return new InputError({ code: 'PORT_TAKEN', message, place: flag, remedy });
}
