import { InputError } from '../errors.js';
import { lockPath } from '../lock/lock.js';
import type { SourceFlags } from './flags.js';
import { recordedOptions } from './recorded-options.js';

/**
 * The flags as they are when they name a document; else those of the run that made the project in `--output`, or
 * here, each of them replaced by the one that was given now. @throws InputError
 */
export async function repeat<T extends SourceFlags>(flags: T): Promise<T> {
  if (flags.url !== undefined) return flags;
  const recorded = await recordedOptions(flags.output ?? '.');
  if (recorded === undefined) throw nothingToRepeat(flags.output ?? '.');
  return over(recorded, flags);
}

/** The flags of an earlier run, each of them replaced by the one that was given now. */
export function over<T extends SourceFlags>(recorded: SourceFlags, given: T): T {
  return { ...withoutConflict(recorded, given), ...given };
}

/** Of `--auth none` and `--oauth-server`, which exclude one another, the one that was given now counts. */
function withoutConflict(
  { auth, oauthServer, ...recorded }: SourceFlags,
  given: SourceFlags,
): SourceFlags {
  return {
    ...recorded,
    ...(auth !== undefined && !(auth === 'none' && given.oauthServer !== undefined) && { auth }),
    ...(oauthServer !== undefined && given.auth !== 'none' && { oauthServer }),
  };
}

function nothingToRepeat(directory: string): InputError {
  return new InputError({
    code: 'MISSING_OPTION',
    message: `There is no document to read, and no ${lockPath} in ${directory} that names one.`,
    place: '--url',
    remedy:
      'Name a document with --url <file or URL>, or a project that was generated before with --output <dir>.',
  });
}
