import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '../errors.js';

/** Listens on the loopback interface; port 0 takes a free one. Resolves to the origin; rejects when it is taken. */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a request asks for; the root for a target that is not a path, such as `//[`. */
export function targetOf({ url = '/' }: Pick<IncomingMessage, 'url'>): URL {
  const path = url.startsWith('/') ? `/.${url}` : '/';
  return new URL(URL.canParse(path, 'http://127.0.0.1') ? path : '/', 'http://127.0.0.1');
}

/** Ends a server and every connection that is open to it. */
export function closing(server: Server): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/** The first free port from `port` on; of a few, since who has so many servers wants to be asked. */
export async function firstFree(port: number, tries = 20): Promise<number | undefined> {
  for (let candidate = port; candidate < port + tries; candidate += 1)
    if (await isFree(candidate)) return candidate;
  return undefined;
}

/** Whether something could listen on a port of the loopback interface a moment ago. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch {
    return false;
  }
  await closing(server)();
  return true;
}

/** The port that a flag asks for, or the first free one from `fallback` on. @throws InputError when it is taken */
export async function choosePort(
  flag: string,
  wanted: number | undefined,
  fallback: number,
): Promise<number> {
  const port = wanted === undefined ? await firstFree(fallback) : wanted;
  if (port !== undefined && (wanted === undefined || (await isFree(port)))) return port;
  throw new InputError({
    code: 'PORT_TAKEN',
    message:
      port === undefined
        ? `The ports from ${fallback} on are taken.`
        : `Something listens on port ${port} already.`,
    place: flag,
    remedy: `End it, or choose another one with ${flag}.`,
  });
}
