import { isAbsolute, join, resolve } from 'node:path';
import { shellQuote } from '../emit/quote.js';
import { record } from '../json.js';
import { withoutCredentials } from '../load/read/location.js';
import type { Lock } from '../lock/lock.js';
import { authenticationOf } from '../plan/options.js';
import { printable } from '../print/terminal.js';
import {
  revocable,
  toKebabCase,
  type GenerateFlags,
  type GivenFlags,
  type SourceFlags,
} from './flags.js';
import type { Resolved } from './resolve-flags.js';

/**
 * The flags of the run that generated the project in a folder, with `output` for that folder; paths are relative to
 * the current folder.
 */
export function recordedOptions(
  { flags }: Lock,
  directory: string,
): SourceFlags & { readonly url: string } {
  const seen = (source: string) =>
    isUrl(source) || isAbsolute(source) ? source : join(directory, source);
  return {
    ...Object.fromEntries(Object.entries(flags).map(([flag, value]) => [camelCase(flag), value])),
    url: seen(flags.url),
    ...(flags.overlay !== undefined && { overlay: flags.overlay.map(seen) }),
    output: directory,
  };
}

/** Whether a document or an overlay is named by a URL; one letter would be a drive of Windows. */
function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(source);
}

/** Whether two names of a document or an overlay mean the same; a lock has no credentials. */
export function isSameSource(one: string, other: string): boolean {
  const [a, b] = [one, other].map((source) =>
    isUrl(source) ? withoutCredentials(source) : resolve(source),
  );
  return a === b;
}

/** `oauthServer` for `oauth-server`, as commander names its options. */
function camelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The flags of an earlier run, each replaced by the one given now, or dropped by `--no-…`. */
export function over(recorded: SourceFlags, given: GivenFlags): GenerateFlags {
  const present = record<unknown>(Object.entries(given));
  const merged = { ...withoutConflict(recorded, given), ...present };
  const isKept = ([flag, value]: [string, unknown]) =>
    value !== false || !revocable.some((name) => name === flag);
  return Object.fromEntries(Object.entries(merged).filter(isKept));
}

/** `--auth none` and `--oauth-server` exclude each other; the one given now takes precedence. */
function withoutConflict(
  { auth, oauthServer, ...recorded }: SourceFlags,
  given: GivenFlags,
): SourceFlags {
  return {
    ...recorded,
    ...(auth !== undefined && !(auth === 'none' && given.oauthServer !== undefined) && { auth }),
    ...(oauthServer !== undefined && given.auth !== 'none' && { oauthServer }),
  };
}

/** One recorded option of a project that a run changes. */
interface ReplacedOption {
  /** As on the command line: `--include`. */
  readonly flag: string;
  /** The old value. */
  readonly before: readonly string[];
  /** The new value; empty: none. */
  readonly after: readonly string[];
}

const compared = ['url', 'oauthServer', 'scopes', 'tools', 'outputSchemas', ...revocable] as const;

type Run = Pick<Resolved, 'recorded' | 'flags'>;

/** The recorded options that a run drops or replaces; pure additions are not included. */
export function replacedOptions({ recorded = {}, flags }: Run): ReplacedOption[] {
  return compared.flatMap((name) => {
    const isSource = name === 'url' || name === 'overlay';
    const [had, has] = [valuesOf(recorded, name), valuesOf(flags, name)];
    const isIn = (values: readonly string[], value: string) =>
      values.some((one) => (isSource ? isSameSource(one, value) : one === value));
    const before = had.filter((value) => !isIn(has, value));
    const after = has.filter((value) => !isIn(had, value)).map(withoutCredentials);
    return before.length === 0 ? [] : [{ flag: `--${toKebabCase(name)}`, before, after }];
  });
}

/** The same as lines; the loss of authentication and of `--read-only` first. */
export function formatReplaced(run: Run): string[] {
  const { recorded = {}, flags } = run;
  const isOpened = authenticationOf(recorded) === 'oauth2' && authenticationOf(flags) === 'none';
  const isWritable = recorded.readOnly === true && flags.readOnly !== true;
  const replaced = replacedOptions(run).filter(({ flag }) => flag !== '--read-only');
  const lines = replaced.map(({ flag, before, after }) =>
    after.length === 0
      ? `Dropped: ${list(flag, before)}.`
      : `Replaced: ${list(flag, before)}; now ${list(flag, after)}.`,
  );
  return [
    ...(isOpened ? ['Dropped: authentication. The server does not require a token.'] : []),
    ...(isWritable ? ['Dropped: --read-only. Operations that write become tools.'] : []),
    ...lines,
  ];
}

function valuesOf(flags: GenerateFlags, name: (typeof compared)[number]): readonly string[] {
  return [flags[name] ?? []].flat().map(String);
}

function list(flag: string, values: readonly string[]): string {
  return values.map((value) => printable(`${flag} ${shellQuote(value)}`)).join(' ');
}
