import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import type { Terminal } from '../print/terminal.js';

/** Installs the missing dependencies of a project and builds it. @throws InputError with npm's output */
export async function prepareProject(directory: string, terminal: Terminal): Promise<void> {
  if (!existsSync(join(directory, 'node_modules'))) {
    terminal.progress('Installing (npm install)…');
    await npm('npm install --no-audit --no-fund', directory, terminal);
  }
  if (await isBuilt(directory)) return;
  terminal.progress('Building (npm run build)…');
  await build(directory, terminal);
}

/** Whether the build is newer than all of its sources. */
async function isBuilt(directory: string): Promise<boolean> {
  const built = await stat(join(directory, 'dist/main.js')).catch(() => undefined);
  if (built === undefined) return false;
  const sources = await readdir(join(directory, 'src'), { recursive: true, withFileTypes: true });
  const files = sources.map(({ parentPath, name }) => join(parentPath, name));
  const all = [...files, join(directory, 'tsconfig.json'), join(directory, 'package.json')];
  // Editors leave links that lead nowhere while a file is open (`.#main.ts`).
  const stats = await Promise.all(all.map((file) => stat(file).catch(() => undefined)));
  return stats.every((found) => found === undefined || found.mtimeMs < built.mtimeMs);
}

/** Builds a project. @throws InputError with the compiler's output */
export function build(directory: string, terminal: Terminal): Promise<void> {
  return npm('npm run --silent build', directory, terminal);
}

/** Runs a command line, which must be ours: a shell reads it, because on Windows npm is not an executable. */
async function npm(commandLine: string, cwd: string, { env }: Terminal): Promise<void> {
  const child = spawn(commandLine, { cwd, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (text: string) => void (output += text);
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', collect);
  // For example because the folder is gone.
  child.once('error', ({ message }) => collect(message));
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status === 0) return;
  throw new InputError({
    code: 'COMMAND_FAILED',
    message: `\`${commandLine}\` failed:\n${output.trim()}`,
    place: cwd,
    remedy: 'Run it there yourself to see more.',
  });
}
