/* eslint-disable no-restricted-globals -- oidc-provider prints to the console by itself, and has no switch for it */

/** Runs an action without oidc-provider's advice for production: on a laptop, storage in memory is what is wanted. */
export async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try {
    return await action();
  } finally {
    Object.assign(console, { info, warn });
  }
}
