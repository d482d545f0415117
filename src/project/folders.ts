import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import envPaths from 'env-paths';
import { lockPath } from '../lock/lock.js';
import type { Environment } from '../print/terminal.js';

/** The folder of a project: the one that is named, or that of a server which `add` knows by this name. */
export function findProject(named: string, env: Environment): string | undefined {
  const folders = [resolve(named), ...(isServerName(named) ? [serverFolder(named, env)] : [])];
  return folders.find((folder) => existsSync(join(folder, lockPath)));
}

/** Whether a word can be the name of a server, rather than a path. */
export function isServerName(named: string): boolean {
  return /^[\w-]+$/.test(named);
}

/**
 * The project around the current folder, as npm would find it: the nearest folder with a package.json decides.
 * Undefined when that is not a generated project.
 */
export function enclosingProject(): string | undefined {
  for (let folder = resolve('.'); ; folder = dirname(folder)) {
    if (existsSync(join(folder, lockPath))) return relative('.', folder) || '.';
    if (existsSync(join(folder, 'package.json')) || folder === dirname(folder)) return undefined;
  }
}

/** Where servers for local clients are kept: the user's data folder, or the folder that the variable names. */
export function dataFolder(env: Environment): string {
  return env.OPENAPI_TO_MCP_DATA_DIR || envPaths('openapi-to-mcp', { suffix: '' }).data;
}

/** The folder of a server that `add` generated. */
export function serverFolder(name: string, env: Environment): string {
  return join(dataFolder(env), 'servers', name);
}
