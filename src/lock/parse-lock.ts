import { InputError } from '../errors.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { lockPath, lockVersion, type Lock } from './lock.js';
import { isProjectPath } from './paths.js';
import { flagKinds } from './flags.js';
import { version as ownVersion } from '../version.js';

/** The oldest form that is still read. */
const oldestVersion = 2;

/**
 * Reads a lock of this version or of an earlier one; members that earlier generators wrote besides are ignored.
 * `generator` is the version of the program that reads it.
 * @throws InputError `NEWER_LOCK`, `OLD_LOCK`, or `BROKEN_LOCK` for anything that this program would not have written
 */
export function parseLock(content: string, generator = ownVersion): Lock {
  const lock = need(parseJson(content), isObject);
  const version = need(lock['lockVersion'], isCount);
  if (version > lockVersion) throw newerLock(`its format is version ${version}`);
  if (version === 1) throw oldLock();
  if (version < oldestVersion) throw brokenLock();
  const writer = need(lock['generator'], isVersion);
  if (isNewer(writer, generator)) throw newerLock(`it was written by ${writer}`);
  const source = need(lock['source'], isObject);
  return {
    version,
    generator: writer,
    source: {
      location: need(source['location'], isString),
      hash: need(source['hash'], isHash),
      ...(source['hidden'] !== undefined && { hidden: need(source['hidden'], isHash) }),
    },
    flags: parseFlags(version === 2 ? withoutTrust(lock['options']) : lock['options']),
    files: entriesOf(lock['files'], isProjectPath, (value) => need(value, isHash)),
  };
}

/** Version 2 recorded `--allow-private`; a lock does not decide that. */
function withoutTrust(value: Json | undefined): JsonObject {
  const { 'allow-private': trust, ...options } = need(value, isObject);
  if (trust !== undefined && trust !== true) throw brokenLock();
  return options;
}

function parseFlags(value: Json | undefined): Lock['flags'] {
  const flags = entriesOf(value, (flag) => Object.hasOwn(flagKinds, flag), parseFlag);
  return { ...Object.fromEntries(flags), url: need(flags.get('url'), isString) };
}

function parseFlag(value: Json, flag: string): Json {
  const kind: string | readonly string[] = flagKinds[flag as keyof typeof flagKinds];
  if (kind === 'list') return need(value, isListOf(isString));
  const text = need(value, isString);
  if (typeof kind !== 'string' && !kind.includes(text)) throw brokenLock();
  return text;
}

/** The members of an object. The keys are checked because some of them are names of files, which are deleted. */
function entriesOf<T>(
  value: Json | undefined,
  isKey: (key: string) => boolean,
  parse: (value: Json, key: string) => T,
): Map<string, T> {
  return new Map(
    Object.entries(need(value, isObject)).map(([key, member]) => {
      if (!isKey(key)) throw brokenLock();
      return [key, parse(member, key)];
    }),
  );
}

function need<T extends Json>(
  value: Json | undefined,
  is: (value: Json | undefined) => value is T,
): T {
  if (!is(value)) throw brokenLock();
  return value;
}

const isString = (value: Json | undefined) => typeof value === 'string';
const isNumber = (value: Json | undefined) => typeof value === 'number';

function isHash(value: Json | undefined): value is string {
  return isString(value) && /^[0-9a-f]{64}$/.test(value);
}

/** Three numbers and nothing else: a recipe may hand it to a package manager. */
function isVersion(value: Json | undefined): value is string {
  return isString(value) && /^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}$/.test(value);
}

/** Whether a version comes after another one; what follows the three numbers does not count. */
function isNewer(version: string, other: string): boolean {
  const [a = [], b = []] = [version, other].map((text) => text.split(/[.+-]/).map(Number));
  const index = [0, 1, 2].find((part) => a[part] !== b[part]);
  return index !== undefined && (a[index] ?? 0) > (b[index] ?? 0);
}

function isCount(value: Json | undefined): value is number {
  return isNumber(value) && Number.isSafeInteger(value) && value >= 0;
}

function isListOf<T extends Json>(is: (value: Json | undefined) => value is T) {
  return (value: Json | undefined): value is T[] => Array.isArray(value) && value.every(is);
}

function parseJson(content: string): Json | undefined {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return undefined;
  }
}

function newerLock(reason: string): InputError {
  return new InputError({
    code: 'NEWER_LOCK',
    message: `The lock is newer than this openapi-to-mcp ${ownVersion}: ${reason}.`,
    place: lockPath,
    remedy: 'Update openapi-to-mcp.',
  });
}

function oldLock(): InputError {
  return new InputError({
    code: 'OLD_LOCK',
    message: 'The lock is of version 1, which did not record the options of the project.',
    place: lockPath,
    remedy:
      'Delete it, and generate the project again with --force and all of its options: --url, --oauth-server or --auth none, and so on.',
  });
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
