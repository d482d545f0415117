import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { createAuthority } from '../support/certificates.js';
import { freePort } from '../support/http.js';
import { Processes } from '../support/processes.js';
import { configurationOf, type ProxyName } from './page.js';

/** A proxy in front of two ports of this machine. */
export interface Proxy {
  readonly port: number;
  /** The authority of its certificate, in PEM. */
  readonly ca: string;
  readonly output: () => string;
  readonly close: () => Promise<void>;
}

export interface ProxyOptions {
  readonly host: string;
  /** Of the two instances. */
  readonly ports: readonly [number, number];
  /** Below the path `/team/`. */
  readonly prefix?: boolean;
  /** How long it keeps idle connections, instead of 60 seconds. */
  readonly keepAliveSeconds: number;
}

const binaries = {
  nginx: '/usr/sbin/nginx',
  caddy: '/usr/bin/caddy',
  haproxy: '/usr/sbin/haproxy',
};

/** The proxies whose Debian packages are not installed. */
export const missing = Object.entries(binaries)
  .filter(([, path]) => !existsSync(path))
  .map(([name]) => name);

/** Starts a proxy with the configuration of docs/deploy/proxies.md, on a separate port. */
export async function startProxy(name: ProxyName, options: ProxyOptions): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), `openapi-to-mcp-${name}-`));
  const port = await freePort();
  const authority = await createAuthority('Proxies');
  const { cert, key } = await authority.issue({ name: options.host, hosts: [options.host] });
  const files = { 'mcp.pem': cert, 'mcp-key.pem': key, 'mcp-both.pem': `${cert}\n${key}` };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const config = await writeConfig(name, folder, port, options);
  const processes = new Processes();
  const { child, output } = processes.launch(commandOf(name, folder, config));
  const close = async () => {
    await processes.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(port, () => child.exitCode === null, output);
  } catch (error) {
    await close();
    throw error;
  }
  return { port, ca: authority.ca, output, close };
}

async function writeConfig(
  name: ProxyName,
  folder: string,
  port: number,
  { host, ports, prefix = false, keepAliveSeconds }: ProxyOptions,
): Promise<string> {
  const [first, second] = ports;
  const listening = {
    nginx: [
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['mcp.example.com', host],
    ],
    caddy: [['mcp.example.com', `${host}:${port}`]],
    haproxy: [['bind :443', `bind 127.0.0.1:${port}`]],
  } as const;
  const keepAlive = {
    nginx: ['keepalive_timeout 60s', `keepalive_timeout ${keepAliveSeconds}s`],
    caddy: ['keepalive 60s', `keepalive ${keepAliveSeconds}s`],
    haproxy: ['pool-purge-delay 10s', `pool-purge-delay ${keepAliveSeconds}s`],
  } as const;
  const text = configurationOf(name, prefix, [
    ['127.0.0.1:3000', `127.0.0.1:${first}`],
    ['127.0.0.1:3001', `127.0.0.1:${second}`],
    ['/etc/ssl/', `${folder}/`],
    ...listening[name],
    keepAlive[name],
  ]);
  const file = join(folder, 'config');
  writeFileSync(file, (await before(name, folder)) + text);
  return file;
}

/** Arguments that keep a proxy inside its folder and in the foreground. */
async function before(name: ProxyName, folder: string): Promise<string> {
  if (name === 'caddy')
    return `{\n  admin 127.0.0.1:${await freePort()}\n  auto_https disable_redirects\n}\n`;
  if (name === 'haproxy') return '';
  return `daemon off;\nuser root;\npid ${folder}/pid;\nerror_log stderr;\n`;
}

function commandOf(name: ProxyName, folder: string, config: string) {
  const args = {
    nginx: ['-p', folder, '-c', config],
    caddy: ['run', '--adapter', 'caddyfile', '--config', config],
    haproxy: ['-db', '-f', config],
  };
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return { command: binaries[name], args: args[name], cwd: folder, env };
}

async function answering(
  port: number,
  isRunning: () => boolean,
  output: () => string,
): Promise<void> {
  for (let tries = 0; tries < 300 && isRunning(); tries += 1) {
    if (await isOpen(port)) return;
    await pause(50);
  }
  throw new Error(`The proxy does not listen:\n${output()}`);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
