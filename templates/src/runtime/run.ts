import { SettingsError } from './environment.js';
import type { Running } from './listen.js';

/** Runs a server until SIGTERM or SIGINT; wrong settings end the process with 2 and a line for each variable. */
export async function run(start: () => Promise<Running>): Promise<void> {
  const stop = (message: string): never => {
    process.stderr.write(`${message}\n`);
    process.exit(2);
  };
  const running = await start().catch((error: unknown) => {
    if (error instanceof SettingsError)
      return stop(`The server cannot start:\n${error.message.replace(/^/gm, '  ')}`);
    if (error instanceof Error && 'syscall' in error)
      return stop(`The server cannot listen: ${error.message}. Set PORT or HOST.`);
    throw error;
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void running.close().finally(() => process.exit(0)));
  }
}
