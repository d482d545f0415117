import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputFile } from '../emit/file.js';
import type { Problem } from '../errors.js';

interface Manifest {
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
}

/**
 * Warns of a package.json that was there before, is therefore kept, and no longer fits: with an old `generate`
 * script the next regeneration would undo the options of this one, its authentication included.
 */
export async function keptManifestWarnings(
  files: readonly OutputFile[],
  directory: string,
): Promise<Problem[]> {
  const fresh = parse(files.find(({ path }) => path === 'package.json')?.content);
  const kept = parse(
    await readFile(join(directory, 'package.json'), 'utf8').catch(() => undefined),
  );
  if (fresh === undefined || kept === undefined) return [];
  const missing = Object.entries(fresh.dependencies ?? {}).filter(
    ([name]) => kept.dependencies?.[name] === undefined,
  );
  if (missing.length > 0) return [foreign(missing)];
  const script = fresh.scripts?.['generate'];
  return script === undefined || kept.scripts?.['generate'] === script ? [] : [outdated(script)];
}

function parse(text: string | undefined): Manifest | undefined {
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
