import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

/** A server on a free port of this machine. */
export interface LocalServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export async function listen(listener: RequestListener, port = 0): Promise<LocalServer> {
  // An idle connection that ends just when a busy machine sends the next request would lose it.
  const server = createServer({ keepAliveTimeout: 0 }, listener).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${taken}`, close };
}

/** An authorization server that issues whatever a test asks for. */
export interface Issuer extends LocalServer {
  /** A valid access token for `audience`, except where the claims, the header or the key differ. */
  sign(
    claims?: Record<string, unknown>,
    header?: Record<string, string>,
    key?: CryptoKey,
  ): Promise<string>;
}

export async function startIssuer(audience: string): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' }];
  const server = await listen((request, response) => {
    const metadata = { issuer: server.url, jwks_uri: `${server.url}/jwks` };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(request.url === '/jwks' ? { keys } : metadata));
  });
  return {
    ...server,
    sign: (claims = {}, header = {}, key = privateKey) => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: server.url, aud: audience, sub: 'alice', iat: now, exp: now + 300 };
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'test', typ: 'at+jwt', ...header })
        .sign(key);
    },
  };
}

/** An API that responds to everything and records the requests. */
export interface Upstream extends LocalServer {
  readonly requests: { readonly line: string; readonly headers: Record<string, unknown> }[];
}

export async function startUpstream(): Promise<Upstream> {
  const requests: { line: string; headers: Record<string, unknown> }[] = [];
  const server = await listen(({ method = '', url = '', headers }, response) => {
    requests.push({ line: `${method} ${url}`, headers });
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  return { ...server, requests };
}

/** What a server announces at start: the tools that it lists, and the operations behind the three search tools. */
export interface Announced {
  readonly tools: number;
  /** Absent if each operation is a tool. */
  readonly operations?: number;
}

/** This project's server, in its own process. */
export interface Server {
  /** Resolves to what it announces about the `api` in `main.ts`. */
  readonly announced: () => Promise<Announced>;
  readonly stop: () => void;
}

// A tenth of a second each: a busy machine may take long to start a server.
const MAX_TRIES = 600;

/** Empty values for the server's settings in `.env`, which main.ts reads: they are not for tests. */
function withoutSettings(): Record<string, string> {
  const file = new URL('../../.env', import.meta.url);
  const names = existsSync(file) ? Object.keys(parseEnv(readFileSync(file, 'utf8'))) : [];
  const own = names.filter((name) => /^(MCP|OAUTH|UPSTREAM)_|^HOST$|_PROXY$/i.test(name));
  return Object.fromEntries(own.map((name) => [name, '']));
}

export async function startServer(env: Record<string, string>): Promise<Server> {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const child = spawn(process.execPath, [main], { env: { ...withoutSettings(), ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${env['PORT']}/healthz`).catch(() => undefined);
    if (answer?.ok === true) return { announced, stop: () => child.kill() };
    if (child.exitCode !== null) break;
    await pause(100);
  }
  child.kill();
  throw new Error(`The server did not start:\n${output}`);

  async function announced(): Promise<Announced> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [, tools, operations] =
        /: (\d+) tools? (?:for (\d+) operations? )?at /.exec(output) ?? [];
      if (tools !== undefined)
        return { tools: Number(tools), ...(operations && { operations: Number(operations) }) };
      if (child.exitCode !== null) break;
      await pause(100);
    }
    throw new Error(`The server announced no tools:\n${output}`);
  }
}

/** Below the ports that the system hands out by itself: nobody else is given it before the server listens. */
export async function freePort(): Promise<string> {
  const port = randomInt(20_000, 30_000);
  const server = await listen(() => undefined, port).catch(() => undefined);
  if (server === undefined) return freePort();
  await server.close();
  return String(port);
}
