import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installInto } from '../support/installed.js';
import { generateInto } from '../support/project.js';
import { largeDocument } from './large-document.js';
import type { Program } from './process.js';
import { scope, type DocumentName } from './scenarios.js';
import { audience, startSurroundings, type Surroundings } from './surroundings.js';
import { createKey, createWallet, type Wallet } from './tokens.js';

/** Everything that a run needs, built and signed. */
export interface Stage {
  readonly floor: Program;
  readonly generated: Readonly<Record<DocumentName, Program>>;
  readonly wallet: Wallet;
  /** Stops everything that was started, and deletes all files. */
  readonly close: () => Promise<void>;
}

/** Generates and builds a project for each document, and starts what is around the servers. */
export async function buildStage(newTokens: number): Promise<Stage> {
  const base = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-bench-'));
  const key = await createKey();
  const around = await startSurroundings(base, key);
  const close = async () => {
    await around.close();
    await rm(base, { recursive: true, force: true });
  };
  try {
    const { floor, issuer } = around;
    const generated = await buildPrograms(base, around);
    const wallet = await createWallet({ key, issuer, audience, scope, newTokens });
    return { floor, generated, wallet, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function buildPrograms(base: string, around: Surroundings): Promise<Stage['generated']> {
  const document = join(base, 'large.json');
  await writeFile(document, JSON.stringify(largeDocument()));
  const petstore = await build(join(base, 'petstore'), 'fixtures/petstore-3.0/input.yaml');
  const large = await build(join(base, 'large'), document);
  return {
    petstore: await programOf(petstore, around, { UPSTREAM_API_KEY: 'key' }),
    large: await programOf(large, around, { UPSTREAM_BEARER_TOKEN: 'token' }),
  };
}

/** Generates a project and runs its own `build`, as a user does. */
async function build(folder: string, source: string): Promise<string> {
  await mkdir(folder);
  await generateInto(folder, source, ['--oauth-server', 'https://auth.example.com']);
  await installInto(join(folder, 'node_modules'));
  await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: folder });
  return folder;
}

async function programOf(
  folder: string,
  { api, issuer, log }: Surroundings,
  credentials: Readonly<Record<string, string>>,
): Promise<Program> {
  const env = {
    MCP_RESOURCE_URL: audience,
    OAUTH_AUTHORIZATION_SERVER: issuer,
    UPSTREAM_BASE_URL: api,
    // Counted, and never reached.
    MCP_RATE_LIMIT: '1000000',
    ...credentials,
  };
  return { cwd: folder, args: await startArguments(folder), env, path: '/mcp', log };
}

/** The arguments of Node in the project's own `start`; npm itself would be another process than the measured one. */
async function startArguments(folder: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const [command, ...args] = manifest.scripts.start.split(' ');
  if (command !== 'node') throw new Error(`\`${manifest.scripts.start}\` does not start with node`);
  return args;
}
