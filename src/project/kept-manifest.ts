import { requiredDependencies } from '../emit/manifest.js';
import type { Problem } from '../errors.js';
import { object } from '../json.js';
import { olderScript, olderScriptProblem, readManifest } from './older-script.js';

/** Warns of a package.json that was there before, is therefore kept, and no longer fits. */
export async function keptManifestWarnings(directory: string): Promise<Problem[]> {
  const kept = await readManifest(directory);
  if (kept === undefined) return [];
  const has = object(kept['dependencies']);
  const missing = Object.entries(await requiredDependencies()).filter(
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
    message: 'It was there already and is kept, but lacks dependencies of the server.',
    remedy: `npm install --save-exact ${missing.map(([name, version]) => `${name}@${version}`).join(' ')}`,
  };
}
