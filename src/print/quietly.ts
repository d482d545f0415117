/* eslint-disable no-restricted-globals -- libraries print to the console by themselves, and have no switch for it */

const nothing = () => undefined;

/** What is restored when the last of several overlapping actions ends. */
let loud: Pick<Console, 'debug' | 'info' | 'warn'> = console;
let running = 0;

/**
 * Runs an action without what libraries print meanwhile: a result in JSON must be all of stdout, and a library may print
 * the words of a server as they are, with control characters.
 */
export async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const { debug, info, warn } = console;
  if (running === 0) loud = { debug, info, warn };
  running += 1;
  Object.assign(console, { debug: nothing, info: nothing, warn: nothing });
  try {
    return await action();
  } finally {
    running -= 1;
    if (running === 0) Object.assign(console, loud);
  }
}
