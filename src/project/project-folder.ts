import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockPath } from '../lock/lock.js';
import type { Environment } from '../print/terminal.js';
import { serverFolder } from './private-file.js';

/** The folder of a project: the one that is named, or that of a server which `add` knows by this name. */
export function findProject(named: string, env: Environment): string | undefined {
  const folders = [resolve(named), ...(isServerName(named) ? [serverFolder(named, env)] : [])];
  return folders.find((folder) => existsSync(join(folder, lockPath)));
}

/** Whether a word can be the name of a server, rather than a path. */
export function isServerName(named: string): boolean {
  return /^[\w-]+$/.test(named);
}
