import { readFileSync } from 'node:fs';
import { copyFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The result, or undefined when the file system says that there is no such thing. */
export async function unlessAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The bytes of a file, or undefined when there is none. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether the file system refused something for this reason. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Puts a file in a place, also one on another file system, where it still appears there as a whole. */
export async function moveFile(source: string, target: string): Promise<void> {
  try {
    await rename(source, target);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    // Always the same name, so that another attempt replaces what a killed one left.
    const beside = join(dirname(target), `.${basename(target)}.openapi-to-mcp`);
    await copyFile(source, beside);
    await rename(beside, target);
    await rm(source);
  }
}

/** Removes a folder when it is empty, then the one it is in, and so on; never `end`. */
export async function removeEmpty(folder: string, end: string): Promise<void> {
  for (let current = folder; current !== end; current = dirname(current)) {
    try {
      await rmdir(current);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) return;
    }
  }
}

/** The folder, or the nearest one above it that exists. */
export async function nearestFolder(folder: string): Promise<string> {
  return (await unlessAbsent(stat(folder))) === undefined ? nearestFolder(dirname(folder)) : folder;
}
