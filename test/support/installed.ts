import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './fixtures.js';
import { sharedProjects } from './shared-projects.js';

/**
 * Replaces `npm install` in a generated project: the exact versions of its package.json are installed here too,
 * TypeScript under another name.
 */
export async function installInto(folder: string): Promise<void> {
  await mkdir(folder);
  const installed = join(root, 'node_modules');
  await cp(join(installed, '.bin'), join(folder, '.bin'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const name of await readdir(installed)) {
    if (name.startsWith('.')) continue;
    const source = name === 'typescript' ? 'typescript-native' : name;
    await symlink(join(installed, source), join(folder, name));
  }
}

/** The same for tests, which share one such `node_modules`: a link to it in the project. */
export async function linkInstalled(project: string): Promise<void> {
  await symlink(await sharedModules(), join(project, 'node_modules'));
}

async function sharedModules(): Promise<string> {
  const shared = process.env[sharedProjects];
  if (shared === undefined) return join(root, 'node_modules');
  const place = join(shared, 'installed');
  if (existsSync(place)) return place;
  const draft = join(await mkdtemp(join(shared, 'installing-')), 'node_modules');
  await installInto(draft);
  // Another process may have been faster, and made the same links.
  await rename(draft, place).catch(() => rm(draft, { recursive: true }));
  return place;
}
