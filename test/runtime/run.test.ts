import { afterEach, describe, expect, it, vi } from 'vitest';
import { SettingsError } from '../../templates/src/runtime/environment.js';
import { run } from '../../templates/src/runtime/run.js';

afterEach(() => vi.restoreAllMocks());

/** The effects of `run` on the process, which continues here. */
function watch() {
  const said: string[] = [];
  const signals = new Map<string, () => void>();
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  vi.spyOn(process, 'once').mockImplementation((name, listener) => {
    signals.set(String(name), listener as () => void);
    return process;
  });
  const exit = vi.spyOn(process, 'exit').mockImplementation((status) => {
    throw new Error(`exit ${String(status)}`);
  });
  return { said, signals, exit };
}

describe('a start', () => {
  it('with wrong settings exits with 2 and a line for each', async () => {
    const { said } = watch();
    const start = () => Promise.reject(new SettingsError('PORT must …\nHOST must …'));
    await expect(run(start)).rejects.toThrow('exit 2');
    expect(said).toEqual(['The server cannot start:\n  PORT must …\n  HOST must …\n']);
  });

  it('on an address in use exits with 2 and names the variable to set', async () => {
    const { said } = watch();
    const taken = Object.assign(new Error('listen EADDRINUSE'), { syscall: 'listen' });
    await expect(run(() => Promise.reject(taken))).rejects.toThrow('exit 2');
    expect(said).toEqual(['The server cannot listen: listen EADDRINUSE. Set PORT or HOST.\n']);
  });

  it('that fails for another reason is a crash, with its stack', async () => {
    watch();
    await expect(run(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
  });
});

it.each(['SIGTERM', 'SIGINT'])('closes at %s, then exits with 0', async (signal) => {
  const { signals, exit } = watch();
  const ended = new Promise<unknown>((resolve) => {
    exit.mockImplementation((status): never => {
      resolve(status);
      return undefined as never;
    });
  });
  let closed = false;
  const close = () => {
    closed = true;
    expect(exit).not.toHaveBeenCalled();
    return Promise.resolve();
  };
  await run(() => Promise.resolve({ close }));
  signals.get(signal)?.();
  expect(await ended).toBe(0);
  expect(closed).toBe(true);
});
