import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestOf } from '../emit/manifest.js';
import type { Problem } from '../errors.js';

interface Kept {
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
}

/**
 * Warns of a package.json that was there before, is therefore kept, and no longer fits: with an old `generate`
 * script the next regeneration would undo the options of this one, its authentication included.
 */
export async function keptManifestWarnings(
  command: readonly string[],
  directory: string,
): Promise<Problem[]> {
  const kept = parse(
    await readFile(join(directory, 'package.json'), 'utf8').catch(() => undefined),
  );
  if (kept === undefined) return [];
  const { generate, dependencies } = await manifestOf(command);
  const missing = Object.entries(dependencies).filter(
    ([name]) => kept.dependencies?.[name] === undefined,
  );
  if (missing.length > 0) return [foreign(missing)];
  return kept.scripts?.['generate'] === generate ? [] : [outdated(generate)];
}

function parse(text: string | undefined): Kept | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function foreign(missing: readonly (readonly [string, string])[]): Problem {
  return {
    code: 'KEPT_PACKAGE_JSON',
    place: 'package.json',
    message: 'It was there already and is kept, but lacks dependencies of the server.',
    remedy: `npm install --save-exact ${missing.map(([name, version]) => `${name}@${version}`).join(' ')}`,
  };
}

function outdated(script: string): Problem {
  return {
    code: 'KEPT_GENERATE_SCRIPT',
    place: 'package.json',
    message:
      'It is yours and is kept, so `npm run generate` still has the options of an earlier run.',
    remedy: `Set its "generate" script to ${JSON.stringify(script)}.`,
  };
}
