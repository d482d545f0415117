import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { requiredDependencies } from '../emit/view.js';
import type { Problem } from '../errors.js';
import { object } from '../json.js';
import { olderScript, olderScriptProblem, readManifest } from './older-script.js';
import type { Target } from '../plan/types.js';
import type { Resolved } from './resolve-flags.js';

const paths = { github: '.github/workflows/regenerate.yml', gitlab: '.gitlab-ci.yml' };

/** Warns that `--ci` writes nothing because the file already exists and belongs to the user. */
export function keptCiWarnings({ flags: { ci }, directory }: Resolved): Problem[] {
  if (ci === undefined || !existsSync(join(directory, paths[ci]))) return [];
  return [
    {
      code: 'KEPT_CI_FILE',
      place: paths[ci],
      message: 'The file exists already and is kept.',
      remedy: 'Move it away, run this again, and merge the two.',
    },
  ];
}

/** Warns of a package.json that existed before, is therefore kept, and lacks dependencies. */
export async function keptManifestWarnings(directory: string, target?: Target): Promise<Problem[]> {
  const kept = await readManifest(directory);
  if (kept === undefined) return [];
  const has = object(kept['dependencies']);
  const missing = Object.entries(await requiredDependencies(target)).filter(
    ([name]) => !Object.hasOwn(has, name),
  );
  if (missing.length > 0) return [foreign(missing)];
  const script = olderScript(kept);
  return script === undefined ? [] : [olderScriptProblem(script)];
}

function foreign(missing: readonly (readonly [string, string])[]): Problem {
  return {
    code: 'KEPT_PACKAGE_JSON',
    place: 'package.json',
    message: 'The file exists already and is kept, but lacks dependencies of the server.',
    remedy: `npm install --save-exact ${missing.map(([name, version]) => `${name}@${version}`).join(' ')}`,
  };
}
