/**
 * Around a whole run of vitest, as its globalSetup: a folder in which the projects of its tests are generated and
 * compiled once; it is deleted at the end (see project.ts). Its path is like those of users: more than one word to a
 * shell, and beyond ASCII.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment variable that names the folder. */
export const sharedProjects = 'TEST_PROJECTS';

/**
 * Where tests put projects that they build: what the compiler knows from others has paths that are relative, so it is of
 * use only at the same depth.
 */
export function projectsFolder(): string {
  return process.env[sharedProjects] ?? tmpdir();
}

let folder: string | undefined;

export function setup(): void {
  process.env[sharedProjects] = folder ??= mkdtempSync(join(tmpdir(), 'My projects ü-'));
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
}
