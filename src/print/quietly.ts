/* eslint-disable no-restricted-globals -- libraries print to the console by themselves, and have no switch for it */

/**
 * Runs an action without what libraries print meanwhile: a result in JSON must be all of stdout, and a library may print
 * the words of a server as they are, with control characters.
 */
export async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const { debug, info, warn } = console;
  const nothing = () => undefined;
  Object.assign(console, { debug: nothing, info: nothing, warn: nothing });
  try {
    return await action();
  } finally {
    Object.assign(console, { debug, info, warn });
  }
}
