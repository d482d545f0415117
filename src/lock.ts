import { createHash } from 'node:crypto';
import type { OutputFile } from './emit/file.js';
import { InputError } from './errors.js';
import { isProjectPath } from './project-folder.js';
import { byCodeUnit, isObject, type Json } from './json.js';

/** The lock's path in a project. */
export const lockPath = 'openapi-to-mcp.lock';

const lockVersion = 1;

/** Where a project came from. */
export interface Origin {
  /** The version of the generator. */
  readonly generator: string;
  /** The document, as the run named it. */
  readonly source: string;
  readonly specHash: string;
}

/** The files together with the lock that describes them, in code unit order of the paths. */
export function withLock(files: readonly OutputFile[], origin: Origin): OutputFile[] {
  const hashes = Object.fromEntries(
    files
      .filter(({ owner }) => owner === 'generated')
      .sort(byPath)
      .map(({ path, content }) => [path, hashContent(content)] as const),
  );
  const { generator, source, specHash } = origin;
  const lock = { lockVersion, generator, source, specHash, files: hashes };
  const content = `${JSON.stringify(lock, null, 2)}\n`;
  return [...files, { path: lockPath, content, owner: 'generated' as const }].sort(byPath);
}

/** SHA-256 in hex. Line endings do not count: git changes them on Windows. */
export function hashContent(content: string): string {
  return createHash('sha256').update(normalizeLineEndings(content)).digest('hex');
}

/** The content with LF for CRLF. */
export function normalizeLineEndings(content: string): string {
  return content.replaceAll('\r\n', '\n');
}

/** The hashes of a lock, by path. @throws InputError for anything but a lock of this version. */
export function parseLock(content: string): ReadonlyMap<string, string> {
  const lock = parseJson(content);
  if (isObject(lock) && typeof lock.lockVersion === 'number' && lock.lockVersion > lockVersion) {
    throw new InputError({
      code: 'NEWER_LOCK',
      message: 'The project was written by a newer version of openapi-to-mcp.',
      place: lockPath,
      remedy: 'Update openapi-to-mcp, or use --force to write the project anew with this version.',
    });
  }
  if (!isObject(lock) || !isObject(lock.files)) throw brokenLock();
  return new Map(Object.entries(lock.files).map(checkEntry));
}

/** A lock can arrive with a pull request; what it names is deleted. */
function checkEntry([path, hash]: [string, unknown]): [string, string] {
  if (!isProjectPath(path) || typeof hash !== 'string') throw brokenLock();
  return [path, hash];
}

function parseJson(content: string): Json | undefined {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return undefined;
  }
}

function brokenLock(): InputError {
  return new InputError({
    code: 'BROKEN_LOCK',
    message: 'The lock cannot be read, so there is no telling which files were edited by hand.',
    place: lockPath,
    remedy:
      'Restore it (after a merge conflict, take either side), or use --force to overwrite every generated file.',
  });
}

function byPath(a: OutputFile, b: OutputFile): number {
  return byCodeUnit(a.path, b.path);
}
