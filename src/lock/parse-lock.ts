import { InputError } from '../errors.js';
import { isObject, type Json } from '../json.js';
import { lockPath, lockVersion, type Lock } from './lock.js';
import { isProjectPath } from '../project-path.js';
import { flagKinds } from '../recorded-flags.js';

/**
 * Reads a lock. Members that earlier generators wrote besides are ignored.
 * @throws InputError `NEWER_LOCK`, `OLD_LOCK`, or `BROKEN_LOCK` for whatever this program would not have written
 */
export function parseLock(content: string): Lock {
  const lock = need(parseJson(content), isObject);
  const version = need(lock['lockVersion'], isNumber);
  if (version > lockVersion) throw newerLock();
  if (version === 1) throw oldLock();
  if (version !== lockVersion) throw brokenLock();
  const source = need(lock['source'], isObject);
  return {
    generator: need(lock['generator'], isString),
    source: { location: need(source['location'], isString), hash: need(source['hash'], isHash) },
    flags: parseFlags(lock['options']),
    files: entriesOf(lock['files'], isProjectPath, (value) => need(value, isHash)),
  };
}

function parseFlags(value: Json | undefined): Lock['flags'] {
  const flags = entriesOf(value, (flag) => Object.hasOwn(flagKinds, flag), parseFlag);
  return { ...Object.fromEntries(flags), url: need(flags.get('url'), isString) };
}

function parseFlag(value: Json, flag: string): Json {
  const kind: string | readonly string[] = flagKinds[flag as keyof typeof flagKinds];
  if (kind === 'switch') return need(value, (given): given is true => given === true);
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

function newerLock(): InputError {
  return new InputError({
    code: 'NEWER_LOCK',
    message: 'The project was written by a newer version of openapi-to-mcp.',
    place: lockPath,
    remedy: 'Update openapi-to-mcp, or use --force to write the project anew with this version.',
  });
}

function oldLock(): InputError {
  return new InputError({
    code: 'OLD_LOCK',
    message: 'The lock has the format of version 1, which did not record the options of the run.',
    place: lockPath,
    remedy: 'Generate the project again with all its options, --url first, and with --force.',
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
