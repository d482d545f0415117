import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagePath } from '../package-path.js';

/**
 * SHA-256 of all that this generator is, in hex: its code, which is where this folder is; its templates; and its
 * manifest, which names its version and those of what it depends on. The same one makes the same of the same.
 */
export function hashGenerator(): string {
  const hash = createHash('sha256').update(readFileSync(packagePath('package.json')));
  for (const folder of [fileURLToPath(new URL('..', import.meta.url)), packagePath('templates')]) {
    for (const path of listFiles(folder)) {
      const content = readFileSync(join(folder, path));
      hash.update(`\n${path.replaceAll('\\', '/')} ${content.length}\n`).update(content);
    }
  }
  return hash.digest('hex');
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(d\.ts|tsbuildinfo)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .sort();
}
