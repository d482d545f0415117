import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a file or folder of this package, both from `src` and, once compiled, from `dist/src`. */
export function packagePath(path: string): string {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) folder = new URL('..', folder);
  return fileURLToPath(new URL(path, folder));
}

const manifest = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
  name: string;
  version: string;
};

/** The version of this generator. */
export const version = manifest.version;

/** The name under which this generator is installed; its command is `openapi-to-mcp`. */
export const packageName = manifest.name;
