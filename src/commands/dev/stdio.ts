import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Environment, Terminal } from '../../print/terminal.js';
import { end } from '../../project/child.js';

/** Serves the project over this program's own streams until the client disconnects. Resolves to the exit status. */
export async function serveStdio(
  directory: string,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const args = ['dist/main.js', '--stdio'];
  const child = spawn(terminal.node, args, { cwd: directory, env, stdio: 'pipe' });
  terminal.input.pipe(child.stdin);
  // A client that disconnects during a write is not our error.
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(terminal.output, { end: false });
  child.stderr.pipe(terminal.prompts, { end: false });
  void terminal.ended().then(() => end(child));
  const [status] = (await once(child, 'close')) as [number | null];
  return status === 0 || status === null ? 0 : 1;
}
