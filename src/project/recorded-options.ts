import { isAbsolute, join } from 'node:path';
import { record } from '../json.js';
import type { Lock } from '../lock/lock.js';
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
