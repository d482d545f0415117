import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../errors.js';
import type { Resolved } from './resolve-flags.js';

const paths = { github: '.github/workflows/regenerate.yml', gitlab: '.gitlab-ci.yml' };

/** Warns that `--ci` writes nothing because the file is there already: it is the user's. */
export function keptCiWarnings({ flags: { ci }, directory }: Resolved): Problem[] {
  if (ci === undefined || !existsSync(join(directory, paths[ci]))) return [];
  return [
    {
      code: 'KEPT_CI_FILE',
      place: paths[ci],
      message: 'The file was there already and is kept.',
      remedy: 'Move it away, run this again, and merge the two.',
    },
  ];
}
