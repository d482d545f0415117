import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a file or folder of this package, whether this module runs in `src` or, compiled, in `dist/src`. */
export function packagePath(path: string): string {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) folder = new URL('..', folder);
  return fileURLToPath(new URL(path, folder));
}
