import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { record } from '../json.js';
import { lockPath, type Lock } from '../lock/lock.js';
import { type SourceFlags, revocable, type GenerateFlags, type GivenFlags } from './flags.js';

/**
 * The flags of the run that generated the project in a folder, with `output` for that folder; paths are relative to
 * the current folder.
 */
export function recordedOptions(
  { flags }: Lock,
  directory: string,
): SourceFlags & { readonly url: string } {
  const seen = (source: string) =>
    /^[a-z][a-z0-9+.-]+:/i.test(source) || isAbsolute(source) ? source : join(directory, source);
  return {
    ...Object.fromEntries(Object.entries(flags).map(([flag, value]) => [camelCase(flag), value])),
    url: seen(flags.url),
    ...(flags.overlay !== undefined && { overlay: flags.overlay.map(seen) }),
    output: directory,
  };
}

/**
 * The project around the current folder, as npm would find it: the nearest folder with a package.json decides.
 * Undefined when that is not a generated project.
 */
export function enclosingProject(): string | undefined {
  for (let folder = resolve('.'); ; folder = dirname(folder)) {
    if (existsSync(join(folder, lockPath))) return relative('.', folder) || '.';
    if (existsSync(join(folder, 'package.json')) || folder === dirname(folder)) return undefined;
  }
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
