import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { Client, InMemoryTransport, type Tool, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { listTool } from '../../templates/src/runtime/listing.js';
import type { Plan } from '../../src/plan/types.js';
import type { Api } from '../../templates/src/runtime/api.js';
import { createMcp } from '../../templates/src/runtime/mcp.js';
import { root } from '../support/fixtures.js';

/**
 * Type-checks and builds a written project with the compiler of its package.json. What every project has alike
 * (`src/main.ts` and `src/runtime`) is compiled the first time only, into `shared`: of what is generated it sees the
 * declared type `Api`, so that the two cannot disagree with one another in one project and agree in another.
 */
export async function compile(folder: string, shared: string): Promise<string[]> {
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const known = join(shared, await digestOf(folder));
  if (!existsSync(known)) {
    const errors = await runCompiler(['-p', folder]);
    if (errors.length > 0) return errors;
    // Moved into place as a whole: another worker may be doing the same.
    const fresh = await mkdtemp(join(shared, 'fresh-'));
    await cp(join(folder, 'dist'), fresh, { recursive: true });
    await rm(join(fresh, 'generated'), { recursive: true });
    await rename(fresh, known).catch(() => rm(fresh, { recursive: true }));
    return [];
  }
  await cp(known, join(folder, 'dist'), { recursive: true });
  const config = { extends: './tsconfig.json', include: ['src/generated'] };
  const file = join(folder, 'tsconfig.generated.json');
  await writeFile(file, JSON.stringify(config));
  return runCompiler(['-p', file]);
}

async function runCompiler(args: readonly string[]): Promise<string[]> {
  const tsc = join(root, 'node_modules/typescript-native/bin/tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, ...args], { maxBuffer: 2 ** 26 });
    return [];
  } catch (error) {
    const output = (error as { stdout?: string }).stdout ?? '';
    const errors = output.split('\n').filter((line) => line.includes('error TS'));
    return [`it does not compile (${errors.length} errors): ${errors[0] ?? String(error)}`];
  }
}

/** Of all that projects have alike. */
async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const runtime = await readdir(join(folder, 'src/runtime'), { recursive: true });
  const sources = runtime.filter((path) => path.endsWith('.ts')).sort();
  const paths = [
    'tsconfig.json',
    'src/main.ts',
    ...sources.map((path) => join('src/runtime', path)),
  ];
  for (const path of paths) hash.update(path).update(await readFile(join(folder, path)));
  return hash.digest('hex');
}

/** Starts a built project over stdio, and compares what the official client lists to the plan. */
export function boot(folder: string, plan: Plan): Promise<string[]> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/main.js', '--stdio'],
    cwd: folder,
    env: isComplete(plan.api) ? {} : { UPSTREAM_BASE_URL: 'http://localhost:9' },
    stderr: 'pipe',
    // Thousands of tools are listed in one line, which for the largest documents is 50 MiB long.
    maxBufferSize: 1 << 28,
  });
  let log = '';
  transport.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return list(transport, plan, () => log.trim());
}

/** Whether the document names the API's URL, with a default for whatever it leaves open. */
function isComplete({ baseUrl, serverVariables = {} }: Plan['api']): boolean {
  const values = Object.values(serverVariables);
  return baseUrl !== undefined && values.every((value) => value.default !== undefined);
}

/**
 * Loads what was compiled of a project into this process, and serves it with the runtime from which every project
 * has its own: what `boot` does, without a second for the start of each process.
 */
export async function load(folder: string, plan: Plan): Promise<string[]> {
  const url = pathToFileURL(join(folder, 'dist/generated/api.js')).href;
  const { api } = (await import(url)) as { api: Api };
  const [here, there] = InMemoryTransport.createLinkedPair();
  const { factory } = createMcp({
    api,
    audit: () => undefined,
    onError: () => undefined,
    call: () => Promise.reject(new Error('Nothing is called.')),
  });
  const server = await (await factory())({ era: 'legacy' });
  await server.connect(there);
  return list(here, plan, () => '').finally(() => server.close());
}

/** Twenty thousand tools take their time, in milliseconds. */
const patience = 600_000;

async function list(transport: Transport, { api }: Plan, log: () => string): Promise<string[]> {
  const client = new Client({ name: 'corpus', version: '1.0.0' });
  try {
    await client.connect(transport, { timeout: patience });
    const { tools } = await client.listTools({}, { timeout: patience });
    return compare(tools, api.tools);
  } catch (error) {
    return [`it does not boot: ${String(error)} ${log()}`];
  } finally {
    await client.close();
  }
}

function compare(listed: readonly Tool[], planned: Plan['api']['tools']): string[] {
  if (listed.length !== planned.length)
    return [`tools/list has ${listed.length} tools, not ${planned.length}`];
  return planned.flatMap((plannedTool, index) => {
    const { name, title, description, inputSchema } = listTool(plannedTool);
    const tool = listed[index];
    if (tool?.name !== name)
      return [`tools/list has ${tool?.name ?? 'nothing'} instead of ${name}`];
    const same = isDeepStrictEqual(
      [tool.title, tool.description, tool.inputSchema],
      [title, description, inputSchema],
    );
    return same ? [] : [`tools/list has another title, description or schema for ${name}`];
  });
}
