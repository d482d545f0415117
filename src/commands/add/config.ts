import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../../errors.js';
import { isObject, object, own } from '../../json.js';
import type { LocalClient } from '../../project/local-clients.js';
import { jsonConfig } from './json-config.js';
import { tomlConfig } from './toml-config.js';

/** Reads and edits a configuration file as text. */
export interface ConfigFormat {
  /** @throws Error when the text is not of this format */
  readonly read: (text: string) => Readonly<Record<string, unknown>>;
  readonly set: (text: string, path: readonly string[], value: object) => string;
  readonly remove: (text: string, path: readonly string[]) => string;
}

/** The effect of an edit on a text, kept so that it can be undone exactly. */
export interface Edit {
  /** The text that the edit replaced, and its replacement. */
  readonly removed: string;
  readonly inserted: string;
}

const formats = { json: jsonConfig, toml: tomlConfig } as const;

/** A server's entry in a client's configuration; undefined if there is none. @throws InputError */
export function entryIn(
  text: string,
  client: LocalClient,
  name: string,
  file: string,
): object | undefined {
  const servers = read(text, client, file)[client.key];
  const entry = isObject(servers) ? own(servers, name) : undefined;
  return isObject(entry) ? entry : undefined;
}

/** The configuration with a server in it. @throws InputError if other parts would change too */
export function withServer(
  text: string,
  client: LocalClient,
  name: string,
  entry: object,
  file: string,
): string {
  const before = read(text, client, file);
  const servers = before[client.key] ?? {};
  if (!isObject(servers)) throw broken(file, `${client.key} is not a table of servers`);
  const after = formats[client.format].set(text, [client.key, name], entry);
  const wanted = { ...before, [client.key]: { ...servers, [name]: entry } };
  if (!isSame(after, client, wanted)) throw notEditable(file, client);
  return after;
}

/**
 * The configuration without a server. If the inserted text is still there unchanged, the file is restored to the byte;
 * otherwise only the entry is removed. @throws InputError
 */
export function withoutServer(
  text: string,
  client: LocalClient,
  name: string,
  edit: Edit,
  file: string,
): string {
  const before = read(text, client, file);
  const { [name]: _, ...servers } = object(before[client.key]);
  const { [client.key]: __, ...others } = before;
  const wanted = [{ ...others, [client.key]: servers }, ...(isEmpty(servers) ? [others] : [])];
  const ways = [undone(text, edit), formats[client.format].remove(text, [client.key, name])];
  const found = ways.find(
    (way) => way !== undefined && wanted.some((value) => isSame(way, client, value)),
  );
  if (found === undefined) throw notEditable(file, client);
  return found;
}

/** The edit between two texts. */
export function editBetween(before: string, after: string): Edit {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return {
    removed: before.slice(start, before.length - end),
    inserted: after.slice(start, after.length - end),
  };
}

/** Undefined unless the inserted text occurs exactly once. */
function undone(text: string, { removed, inserted }: Edit): string | undefined {
  const at = text.indexOf(inserted);
  if (inserted === '' || at < 0 || text.includes(inserted, at + 1)) return undefined;
  return text.slice(0, at) + removed + text.slice(at + inserted.length);
}

function isSame(text: string, client: LocalClient, wanted: object): boolean {
  try {
    const value = formats[client.format].read(text);
    return isDeepStrictEqual(plainly(value), plainly(wanted));
  } catch {
    return false;
  }
}

/** TOML tables have no prototype, and TOML dates are class instances. */
function plainly(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)),
  );
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function read(text: string, client: LocalClient, file: string): Readonly<Record<string, unknown>> {
  try {
    return formats[client.format].read(text);
  } catch (error) {
    throw broken(
      file,
      error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
    );
  }
}

function broken(file: string, reason: string): InputError {
  return new InputError({
    code: 'BROKEN_CONFIG',
    message: `The configuration cannot be read: ${reason.replace(/\.$/, '')}.`,
    place: file,
    remedy: 'Fix the file, and run this again. Nothing was written to it.',
  });
}

function notEditable(file: string, { label, key }: LocalClient): InputError {
  return new InputError({
    code: 'UNUSUAL_CONFIG',
    message: `The entry of ${key} cannot be changed without changing other parts of the file.`,
    place: file,
    remedy: `Change it by hand, or in ${label}.`,
  });
}
