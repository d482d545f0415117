/**
 * `npm run first-hour`: follows the README's “With sign-in” in a fresh clone, from `git clone` through the sign-in to a
 * tool call by the Inspector's command line. Exits with 1 if that fails or takes longer than three minutes.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { completeAuthorization } from '../test/support/authorize.js';

const limit = 180_000;

const repository = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-first-hour-'));
const running: ChildProcess[] = [];

/** The two blocks of commands, for the first and the second terminal. */
async function readCommands(): Promise<[first: string, second: string]> {
  const readme = await readFile(join(repository, 'README.md'), 'utf8');
  const [, section = ''] = /^### With sign-in[^\n]*\n([^]*?)^##/m.exec(readme) ?? [];
  const [first, second] = [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].map(
    ([, text = '']) => text,
  );
  if (first === undefined || second === undefined)
    throw new Error('The README does not contain these blocks.');
  return [first, second];
}

/** Runs a script in a shell; its output is printed and kept. */
function start(script: string, cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd, env, detached: true });
  running.push(child);
  const printed = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed.text += chunk.toString();
      process.stdout.write(chunk);
    });
  return { child, printed };
}

/** Waits until a text is printed, and returns the match. */
async function find(
  { child, printed }: ReturnType<typeof start>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(printed.text);
    if (found !== null) return found;
    if (child.exitCode !== null) throw new Error(`It exited with ${child.exitCode}.`);
    await pause(100);
  }
}

/** Signs in, consents, and follows the redirect URI of the authorization request. */
async function signIn(page: URL): Promise<void> {
  const { params } = await completeAuthorization(page, { login: 'ada' });
  const redirect = new URL(page.searchParams.get('redirect_uri') ?? '');
  redirect.search = params.toString();
  await fetch(redirect);
}

async function environment(): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'cache']);
  // npm passes its settings, such as engine-strict, to child processes; a terminal has none of them.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  // The Inspector keeps its sign-ins in the home folder; an empty one means no sign-in yet.
  return { ...Object.fromEntries(own), HOME: folder, npm_config_cache: stdout.trim() };
}

async function firstHour(): Promise<void> {
  const [first, second] = await readCommands();
  const env = await environment();
  const began = performance.now();
  const dev = start(first, folder, { ...env, REPOSITORY: repository });
  const [, url = ''] = await find(dev, /MCP server +(\S+)/);
  if (!second.includes(url)) throw new Error(`dev serves ${url}, but the README has another URL.`);
  // The Inspector only asks the user to sign in on a terminal: `script` provides one.
  const command = `script --quiet --return --flush --command '${second.trim()}' /dev/null`;
  const inspector = start(command, folder, env);
  // Until the end of the word, or of the terminal link around it.
  const [page] = await find(inspector, /http:\/\/127\.0\.0\.1:\d+\/auth\?[\w.~%&=+-]+/);
  await signIn(new URL(page));
  const [status] = (await once(inspector.child, 'close')) as [number | null];
  const took = performance.now() - began;
  if (status !== 0) throw new Error(`The Inspector exited with ${status ?? 'a signal'}.`);
  if (!/title\\?"/.test(inspector.printed.text)) throw new Error('It did not print a to-do.');
  if (!dev.printed.text.includes('mock  GET /todos')) throw new Error('The API was not called.');
  console.log(`\nFrom git clone to a tool call in ${(took / 1000).toFixed(0)} seconds.`);
  if (took > limit) throw new Error('That is more than three minutes.');
}

try {
  await firstHour();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const { pid } of running)
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    } catch {
      // It has already exited.
    }
  await pause(1000);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
