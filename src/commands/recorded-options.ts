import { isAbsolute, join } from 'node:path';
import { readLock } from '../write.js';
import type { SourceFlags } from './flags.js';

/**
 * The flags of the run that made the project in a folder, with `output` for that folder; paths are as seen from here.
 * `header`, `strict` and `json` are never among them: nobody recorded them. Undefined when there is no lock.
 * @throws InputError `OLD_LOCK`, `BROKEN_LOCK`, `BROKEN_JOURNAL`, …
 */
export async function recordedOptions(
  directory: string,
): Promise<(SourceFlags & { readonly url: string }) | undefined> {
  const lock = await readLock(directory);
  if (lock === undefined) return undefined;
  const { flags } = lock;
  const seen = (source: string) =>
    /^[a-z][a-z0-9+.-]+:/i.test(source) || isAbsolute(source) ? source : join(directory, source);
  return {
    ...Object.fromEntries(Object.entries(flags).map(([flag, value]) => [camelCase(flag), value])),
    url: seen(flags.url),
    ...(flags.overlay !== undefined && { overlay: flags.overlay.map(seen) }),
    output: directory,
  };
}

/** As commander names what `--oauth-server` says. */
function camelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
