import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { main } from '../../src/cli.js';
import type { Api } from '../../templates/src/runtime/api.js';
import { root } from './fixtures.js';
import { freePort } from './http.js';
import { linkInstalled } from './installed.js';
import { projectsFolder, sharedProjects } from './shared-projects.js';
import { Processes, type ServerProcess } from './processes.js';

export interface ProjectOptions {
  /** The OpenAPI document, absolute or relative to the repository. */
  readonly source: string;
  /** More arguments of `generate`. */
  readonly args?: readonly string[];
}

/** A generated project that compiled without errors. */
export interface Project {
  readonly folder: string;
  /** Starts it over HTTP; unless `env` sets another one, on a free port, which is part of its resource URL. */
  start(env?: Readonly<Record<string, string>>): Promise<RunningProject>;
  /** Ends all servers, and deletes everything. */
  remove(): Promise<void>;
}

/** A generated server in a separate process. */
export interface RunningProject extends ServerProcess {
  /** The URL of MCP. */
  readonly url: string;
  /** The lines of the audit log so far. */
  readonly audit: () => Record<string, unknown>[];
  /** Sends a signal only to the server; resolves to its exit status. */
  readonly end: (signal: NodeJS.Signals) => Promise<{ status: number | null }>;
}

const run = promisify(execFile);

/** Generates a project with the command line, and builds it as its users do: with their compiler and their tsconfig. */
export async function buildProject(
  name: string,
  { source, args = [] }: ProjectOptions,
): Promise<Project> {
  const shared = process.env[sharedProjects];
  const base = await mkdtemp(join(projectsFolder(), `openapi-to-mcp-${name}-`));
  const folder = join(base, name);
  const processes = new Processes();
  const remove = () => processes.close().finally(() => rm(base, { recursive: true, force: true }));
  try {
    if (shared === undefined) await buildInto(folder, source, args);
    else await copyBuilt(shared, folder, source, args);
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, remove, start: (env = {}) => start(processes, folder, env) };
}

async function buildInto(folder: string, source: string, args: readonly string[]): Promise<void> {
  await generateInto(folder, source, args);
  await linkInstalled(folder);
  await compile(folder);
}

/**
 * A copy of a project that is built by the first test that needs it; the others wait. It is as deep as the original,
 * since its lock has the relative path of the document.
 */
async function copyBuilt(
  shared: string,
  folder: string,
  source: string,
  args: readonly string[],
): Promise<void> {
  const content = JSON.stringify([basename(folder), args, await readFile(resolve(root, source))]);
  const place = join(shared, createHash('sha256').update(content).digest('hex'));
  const [original, outcome] = [join(place, basename(folder)), join(place, 'outcome')];
  if (await isFirst(place)) {
    const fault = await buildInto(original, source, args).then(() => '', String);
    await writeFile(`${outcome}.draft`, fault);
    await rename(`${outcome}.draft`, outcome);
  }
  while (!existsSync(outcome)) await pause(50);
  const fault = await readFile(outcome, 'utf8');
  if (fault !== '') throw new Error(fault);
  await cp(original, folder, { recursive: true, verbatimSymlinks: true });
}

function isFirst(place: string): Promise<boolean> {
  return mkdir(place).then(
    () => true,
    () => false,
  );
}

/** Generates with the command line, in this process. */
export async function generateInto(
  folder: string,
  source: string,
  args: readonly string[],
): Promise<void> {
  let printed = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      done();
    },
  });
  const command = ['generate', '--url', source, '--output', folder, ...args];
  const status = await main(command, { stdout: sink, stderr: sink });
  if (status !== 0) throw new Error(`generate ended with ${status}:\n${printed}`);
}

/** Builds a project as its `npm run build` does: types, then the bundle. Rejects with the compiler's output. */
export async function compile(folder: string): Promise<void> {
  await checkTypes(folder).catch((error: unknown) => {
    const { stdout } = error as { stdout: string };
    throw new Error(`The generated project does not compile:\n${stdout}`);
  });
  await bundle(folder);
}

/**
 * In a run of vitest the compiler knows the result of the last project that compiled, and checks only files of other
 * contents, and what they affect: most files of two projects are alike.
 */
async function checkTypes(folder: string): Promise<void> {
  const tsc = [join(root, 'node_modules/typescript-native/bin/tsc'), '--noEmit'];
  const shared = process.env[sharedProjects];
  if (shared === undefined) {
    await run(process.execPath, tsc, { cwd: folder });
    return;
  }
  // In the project, since its paths are relative to where it is, and not longer than the compiler runs.
  const own = join(folder, '.tsbuildinfo');
  const known = join(shared, 'known.tsbuildinfo');
  if (existsSync(known)) await cp(known, own);
  try {
    const incremental = ['--incremental', '--tsBuildInfoFile', own];
    await run(process.execPath, [...tsc, ...incremental], { cwd: folder });
    await rename(own, known);
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Lets the `npm run build` of a project in a folder of `projectsFolder` begin with what the compiler knows from others,
 * as `compile` does: by settings that users may make in their tsconfig.json.
 */
export async function startKnown(folder: string): Promise<void> {
  const shared = process.env[sharedProjects];
  if (shared === undefined) return;
  const known = join(shared, 'known.tsbuildinfo');
  if (!existsSync(known)) await checkTypes(folder);
  await cp(known, join(folder, '.tsbuildinfo'));
  const path = join(folder, 'tsconfig.json');
  const config = JSON.parse(await readFile(path, 'utf8')) as { compilerOptions: object };
  const incremental = { incremental: true, tsBuildInfoFile: '.tsbuildinfo' };
  const compilerOptions = { ...config.compilerOptions, ...incremental };
  await writeFile(path, JSON.stringify({ ...config, compilerOptions }));
}

/** The second half of the build: `dist` from the sources as they are, whatever their types. */
export async function bundle(folder: string): Promise<void> {
  await run(process.execPath, ['build.js'], { cwd: folder });
}

/** The exports of `src/generated/api.ts` in a project. */
export async function importApi(folder: string): Promise<Api> {
  const outfile = join(folder, 'dist/api.mjs');
  const entryPoints = [join(folder, 'src/generated/api.ts')];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', logLevel: 'silent' });
  return ((await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as { api: Api }).api;
}

async function start(
  processes: Processes,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningProject> {
  const port = env.PORT ?? String(await freePort());
  const url = `http://127.0.0.1:${port}/mcp`;
  const server = await processes.serve({
    command: process.execPath,
    args: existsSync(join(folder, 'wrangler.jsonc'))
      ? [join(root, 'test/support/workerd.js'), folder]
      : ['dist/main.js'],
    cwd: folder,
    env: { PORT: port, MCP_RESOURCE_URL: url, ...env },
    readyUrl: new URL('/healthz', url).href,
  });
  return {
    ...server,
    url,
    audit: () => auditLines(server.output()),
    end: async (signal) => {
      const exited = once(server.child, 'exit');
      server.child.kill(signal);
      const [status] = (await exited) as [number | null];
      return { status };
    },
  };
}

function auditLines(output: string): Record<string, unknown>[] {
  // The rest of the last line may still be on its way.
  const whole = output.split('\n').slice(0, -1);
  const lines = whole.filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
