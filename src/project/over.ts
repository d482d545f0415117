import { record } from '../json.js';
import { revocable, type GenerateFlags, type GivenFlags, type SourceFlags } from './flags.js';

/** The flags of an earlier run, each of them replaced by the one that was given now, or given up by `--no-…`. */
export function over(recorded: SourceFlags, given: GivenFlags): GenerateFlags {
  const present = record<unknown>(Object.entries(given));
  const merged = { ...withoutConflict(recorded, given), ...present };
  const isKept = ([flag, value]: [string, unknown]) =>
    value !== false || !revocable.some((name) => name === flag);
  return Object.fromEntries(Object.entries(merged).filter(isKept));
}

/** Of `--auth none` and `--oauth-server`, which exclude one another, the one that was given now counts. */
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
