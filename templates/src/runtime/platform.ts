import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';

/** The text of a file that the operator names. @throws Error with a `code` if it cannot be read. */
export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Writes a file that only its owner can read. Other processes see the old content or the new, never a part. */
export function writePrivately(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text, { mode: 0o600 });
  renameSync(beside, path);
}

/** After this time, the lock of another process may have been left by one that was killed. */
const STALE_MS = 30_000;
/** It is removed at that many looks: a process that was suspended together with the machine goes on meanwhile. */
const STALE_LOOKS = 20;

/** Runs work while no other process works on the same file: creating a folder is atomic everywhere. */
export async function exclusively<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  let stale = 0;
  while (!makeFolder(lock)) {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    // The clock may have been set back.
    stale = Math.abs(age) > STALE_MS ? stale + 1 : 0;
    if (stale >= STALE_LOOKS) rmSync(lock, { recursive: true, force: true });
    await pause(50);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Creates a folder; returns whether it did not exist. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The folder that this server runs from, which is its project. */
export function ownFolder(): string {
  return resolve('.');
}

/** Loads a certificate and its key as a TLS connection would. @throws Error if TLS would refuse them. */
export function acceptPair(pair: { readonly cert: string; readonly key: string }): void {
  createSecureContext(pair);
}
