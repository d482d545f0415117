import { printString } from '../emit/print.js';
import { InputError } from '../errors.js';
import { byCodeUnit, isObject, parseJson, type Json, type JsonObject } from '../json.js';
import { version as ownVersion } from '../package.js';
import { isProjectPath } from './files.js';
import { type RecordedFlags, flagKinds } from './flags.js';

/** The lock's path in a project. */
export const lockPath = 'openapi-to-mcp.lock';

/** The version of the format below. Version 2 recorded `--allow-private` as well. */
export const lockVersion = 3;

/** How a project was generated. It arrives in pull requests, so nothing in it can be trusted. */
export interface Lock {
  /** The version of the format: this one, or an earlier one that is still readable. */
  readonly version: number;
  /** The version of the generator: `x.y.z`. */
  readonly generator: string;
  readonly source: {
    /** The document, relative to the project, or its URL. */
    readonly location: string;
    /** SHA-256 of the content of the document, in hex. */
    readonly hash: string;
    /** SHA-256, in hex, of the invisible characters in its texts and their places; undefined: none. */
    readonly hidden?: string;
  };
  /** The options of the run, to repeat it; paths are relative to the project. */
  readonly flags: RecordedFlags & { readonly url: string };
  /** SHA-256 of each generated file, by path, which reveals manual edits; the lock itself is not included. */
  readonly files: ReadonlyMap<string, string>;
}

type Members = readonly (readonly [string, unknown])[];

/** Prints a lock as JSON, in code unit order and one entry per line, so that a small change has a small diff. */
export function printLock({ version, generator, source, flags, files }: Lock): string {
  const members = [
    ['lockVersion', printLine(version)],
    ['generator', printLine(generator)],
    ['source', printMembers(Object.entries(source))],
    ['options', printMembers(Object.entries(flags))],
    ['files', printMembers([...files])],
  ] as const;
  return `${printObject(members, '')}\n`;
}

function printMembers(members: Members): string {
  return printObject(
    members.map(([key, value]) => [key, printLine(value)]),
    '  ',
  );
}

function printObject(members: readonly (readonly [string, string])[], indent: string): string {
  const lines = sorted(members).map(([key, text]) => `${indent}  ${printString(key)}: ${text}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

/** JSON on one line, with every character visible to a reviewer. */
function printLine(value: unknown): string {
  if (typeof value === 'string') return printString(value);
  if (Array.isArray(value)) return `[${value.map(printLine).join(',')}]`;
  return JSON.stringify(value);
}

function sorted<T>(members: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return members.toSorted(([a], [b]) => byCodeUnit(a, b));
}

/** The oldest format that is still readable. */
const oldestVersion = 2;

/**
 * Parses a lock of this version or an earlier one; other members from earlier generators are ignored. `generator` is
 * the version of this program. @throws InputError `NEWER_LOCK`, `OLD_LOCK`, or `BROKEN_LOCK` for anything else that
 * this program would not have written
 */
export function parseLock(content: string, generator = ownVersion): Lock {
  const lock = need(parseJson(content.replace(/^\ufeff/, '')), isObject);
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
    files: entriesOf(lock['files'], isProjectPath, (value) => need(value, isHash), '#/files'),
  };
}

/** Version 2 recorded `--allow-private`, which a lock must not decide. */
function withoutTrust(value: Json | undefined): JsonObject {
  const { 'allow-private': trust, ...options } = need(value, isObject);
  if (trust !== undefined && trust !== true) throw brokenLock();
  return options;
}

function parseFlags(value: Json | undefined): Lock['flags'] {
  const isFlag = (flag: string) => Object.hasOwn(flagKinds, flag);
  const flags = entriesOf(value, isFlag, parseFlag, '#/options');
  return { ...Object.fromEntries(flags), url: need(flags.get('url'), isString, '#/options') };
}

function parseFlag(value: Json, flag: string): Json {
  const kind: string | readonly string[] = flagKinds[flag as keyof typeof flagKinds];
  const place = `#/options/${flag}`;
  if (kind === 'list') return need(value, isListOf(isString), place);
  if (kind === 'switch') return need(value, isTrue, place);
  const text = need(value, isString, place);
  if (typeof kind !== 'string' && !kind.includes(text)) throw brokenLock(place);
  return text;
}

/** The members of an object. The keys are checked because some of them are paths of files, which may be deleted. */
function entriesOf<T>(
  value: Json | undefined,
  isKey: (key: string) => boolean,
  parse: (value: Json, key: string) => T,
  place: string,
): Map<string, T> {
  return new Map(
    Object.entries(need(value, isObject, place)).map(([key, member]) => {
      if (!isKey(key)) throw brokenLock(`${place}/${key}`);
      return [key, parse(member, key)];
    }),
  );
}

function need<T extends Json>(
  value: Json | undefined,
  is: (value: Json | undefined) => value is T,
  place?: string,
): T {
  if (!is(value)) throw brokenLock(place);
  return value;
}

const isString = (value: Json | undefined) => typeof value === 'string';
const isTrue = (value: Json | undefined) => value === true;
const isNumber = (value: Json | undefined) => typeof value === 'number';

function isHash(value: Json | undefined): value is string {
  return isString(value) && /^[0-9a-f]{64}$/.test(value);
}

/** Three numbers and nothing else: a CI recipe may pass it to a package manager. */
function isVersion(value: Json | undefined): value is string {
  return isString(value) && /^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}$/.test(value);
}

/** Whether a version is later than another one; anything after the three numbers is ignored. */
export function isNewer(version: string, other: string): boolean {
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
    message: 'The lock has version 1, which did not record the options of the project.',
    place: lockPath,
    remedy:
      'Delete it, and regenerate the project with --force and all of its options: --url, --oauth-server or --auth none, and so on.',
  });
}

function brokenLock(place = ''): InputError {
  return new InputError({
    code: 'BROKEN_LOCK',
    message: 'The lock cannot be read, so it is unknown which files were edited by hand.',
    place: lockPath + place,
    remedy:
      'Restore it (after a merge conflict, take either side), or use --force, with all options of the project (--url, …), to overwrite every generated file.',
  });
}
