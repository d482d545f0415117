import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { waiting, type LocalServer } from './http.js';

/** Listens with a certificate on the loopback interface. */
export async function listenSecurely(
  options: TlsOptions,
  listener: RequestListener,
): Promise<LocalServer> {
  const server = createServer({ ...waiting, ...options }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `https://127.0.0.1:${port}`, close };
}
