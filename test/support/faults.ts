import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
// Imported before anything is patched, so that it keeps the functions of Node.
import { disk } from '../../src/write/disk.js';

/** An operation that changes something on disk, before it is done. */
export interface Operation {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Called with each operation; the operation throws what this throws. */
type Listener = (operation: Operation) => void | Promise<void>;

/**
 * The functions with which the program under test may change the disk. Any other one is refused, because it would not
 * be counted.
 */
const counted = ['copyFile', 'mkdir', 'rename', 'rm', 'rmdir', 'writeFile'];
/** The functions that the `rm` of Node 20 uses, which is written in JavaScript. */
const countedInRm = ['rmdir', 'unlink'];
const changing =
  /^(append|[fl]?chmod|[fl]?chown|copyFile|cp|createW|f?truncate|[fl]?utimes|link|mkd|open(Sync)?$|rename|rm|symlink|unlink|write)/;
const { existsSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } = fs;

let listener: Listener | undefined;

/** Does the work and calls the listener for every operation that changes something on disk. */
export async function listen<T>(to: Listener, work: () => Promise<T>): Promise<T> {
  if (listener !== undefined) throw new Error('Somebody is listening already');
  listener = to;
  try {
    return await work();
  } finally {
    listener = undefined;
  }
}

/** Does something without calling the listener. */
export async function unheard(work: () => Promise<unknown>): Promise<void> {
  const heard = listener;
  listener = undefined;
  await work();
  listener = heard;
}

/** An error of the file system. */
export function systemError(code: string, { name, args }: Operation): Error {
  return Object.assign(new Error(`${code}: injected, ${name} '${String(args[0])}'`), {
    code,
    syscall: name,
  });
}

/** Does as much of an operation as a process may have done when it is killed; a rename is done or not. */
export function doHalf({ name, args }: Operation): void {
  const path = String(args[0]);
  if (name === 'writeFile') writeFileSync(path, half(String(args[1])));
  if (name === 'copyFile') writeFileSync(String(args[1]), half(readFileSync(path, 'utf8')));
  if (name === 'rm') removeOne(path);
}

function removeOne(path: string): void {
  if (!existsSync(path) || !statSync(path).isDirectory()) return;
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  if (files[0] !== undefined) unlinkSync(join(files[0].parentPath, files[0].name));
}

function half(text: string): string {
  return text.slice(0, text.length / 2);
}

type Functions = Record<string, (...args: unknown[]) => unknown>;

function patch(): void {
  const promises = fs.promises as unknown as Functions;
  for (const functions of [promises, fs as unknown as Functions]) {
    for (const [name, original] of Object.entries(functions)) {
      if (typeof original !== 'function' || !changing.test(name)) continue;
      functions[name] = replacement(functions === promises, name, original);
    }
  }
  syncBuiltinESMExports();
  const functions = disk as unknown as Functions;
  for (const [name, original] of Object.entries(functions))
    functions[name] = count(name, (...args) => silently(() => original(...args)));
}

function replacement(promised: boolean, name: string, original: Functions[string]) {
  if (promised && counted.includes(name)) return count(name, original);
  if (!promised && countedInRm.includes(name)) return countCallback(name, original);
  return refuse(name, original);
}

function countCallback(name: string, original: Functions[string]): Functions[string] {
  return (...args) => {
    const callback = args.at(-1) as (error: unknown) => void;
    void (async () => listener?.({ name, args }))().then(() => original(...args), callback);
  };
}

function count(name: string, original: Functions[string]): Functions[string] {
  return async (...args) => {
    await listener?.({ name, args });
    return original(...args);
  };
}

/** Runs something synchronous whose parts are not counted. */
function silently<T>(work: () => T): T {
  const heard = listener;
  listener = undefined;
  try {
    return work();
  } finally {
    listener = heard;
  }
}

function refuse(name: string, original: Functions[string]): Functions[string] {
  return (...args) => {
    const reads = name.startsWith('open') && ['r', 0, undefined].includes(args[1] as string);
    if (listener !== undefined && !reads) {
      throw new Error(`${name} changes the disk and is not counted`);
    }
    return original(...args);
  };
}

patch();
