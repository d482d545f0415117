import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { root } from '../support/fixtures.js';
import type { Program } from './process.js';
import type { SigningKey } from './tokens.js';

/** The API and the authorization server, which run, and the floor, which can be started. */
export interface Surroundings {
  readonly api: string;
  readonly issuer: string;
  readonly floor: Program;
  /** The file for the logs of all servers. */
  readonly log: string;
  readonly close: () => Promise<void>;
}

/**
 * The `aud` of all tokens. Not where the servers listen: they get a port at each start, and the same tokens must be good
 * for all of them.
 */
export const audience = 'https://mcp.example.com/mcp';

/** Is in each answer of the API. */
export const marker = 'doggie';

const answer = {
  id: 1,
  name: marker,
  category: { id: 1, name: 'Dogs' },
  photoUrls: ['https://example.com/1.jpg'],
  tags: [{ id: 1, name: 'good' }],
  status: 'available',
};

/** Starts the hosts, and prepares the floor, in a folder that exists and is empty. */
export async function startSurroundings(
  folder: string,
  { keySet }: SigningKey,
): Promise<Surroundings> {
  await compileScripts(folder);
  const keys = JSON.stringify(keySet);
  const { api, issuer, close } = await startHosts(folder, keys);
  const log = join(folder, 'log');
  const env = { API: api, ISSUER: issuer, AUDIENCE: audience, KEY_SET: keys };
  const floor = { cwd: folder, args: ['floor.js'], env, path: '/', log };
  return { api, issuer, floor, log, close };
}

/** Makes plain JavaScript of the floor and the hosts, since Node 20 cannot run TypeScript. */
async function compileScripts(folder: string): Promise<void> {
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2023 };
  for (const name of ['floor', 'hosts']) {
    const source = await readFile(join(import.meta.dirname, `${name}.ts`), 'utf8');
    const { outputText } = transpileModule(source, { compilerOptions });
    await writeFile(join(folder, `${name}.js`), outputText);
  }
}

async function startHosts(folder: string, keys: string) {
  const child = spawn(process.execPath, ['hosts.js'], {
    cwd: folder,
    env: { KEY_SET: keys, ANSWER: JSON.stringify(answer) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const close = async () => {
    child.kill();
    await exited;
  };
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { ...(JSON.parse(line.toString()) as { api: string; issuer: string }), close };
}
