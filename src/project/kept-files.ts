import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { requiredDependencies } from '../emit/view.js';
import type { Problem } from '../errors.js';
import { object, text } from '../json.js';
import { isNewer } from '../lock/lock.js';
import { olderScript, olderScriptProblem, readManifest } from './older-script.js';
import type { Target } from '../plan/types.js';
import type { Resolved } from './resolve-flags.js';

const paths = { github: '.github/workflows/regenerate.yml', gitlab: '.gitlab-ci.yml' };

/**
 * Warns that `--ci` writes nothing because the file already exists and belongs to the user, or that the host would not
 * find the file, because the project is not at the root of its repository.
 */
export function ciWarnings({ flags: { ci }, directory }: Resolved): Problem[] {
  if (ci === undefined) return [];
  if (!existsSync(join(directory, paths[ci]))) return misplacedCi(directory, paths[ci]);
  return [
    {
      code: 'KEPT_CI_FILE',
      place: paths[ci],
      message: 'The file exists already and is kept.',
      remedy: 'Move it away, run this again, and merge the two.',
    },
  ];
}

function misplacedCi(directory: string, path: string): Problem[] {
  const project = resolve(directory);
  const root = repositoryOf(project);
  if (root === undefined || root === project) return [];
  return [
    {
      code: 'MISPLACED_CI_FILE',
      place: path,
      message: `It is read only at the root of the repository, ${root}.`,
      remedy: `Move it there, and run its commands in ${relative(root, project)}.`,
    },
  ];
}

/** The root of the git repository that a folder is in. */
function repositoryOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

/** Warns of a .gitignore that existed before, is therefore kept, and would let the API's credentials be committed. */
export function keptIgnoreWarnings(directory: string): Problem[] {
  const project = resolve(directory);
  if (!existsSync(join(project, '.gitignore'))) return [];
  if (ignoresEnv(project, repositoryOf(project) ?? project)) return [];
  return [
    {
      code: 'KEPT_GITIGNORE',
      place: '.gitignore',
      message:
        "The file exists already and is kept, but git would commit .env with the API's credentials.",
      remedy: 'Add two lines to it: .env and .credentials.json*',
    },
  ];
}

function ignoresEnv(folder: string, root: string): boolean {
  const path = join(folder, '.gitignore');
  if (existsSync(path) && /^(\/|\*\*\/)?\*?\.env\*?\s*$/m.test(readFileSync(path, 'utf8')))
    return true;
  return folder !== root && ignoresEnv(dirname(folder), root);
}

/** Warns of a package.json that existed before, is therefore kept, and lacks dependencies or has older ones. */
export async function keptManifestWarnings(directory: string, target?: Target): Promise<Problem[]> {
  const kept = await readManifest(directory);
  if (kept === undefined) return [];
  const has = object(kept['dependencies']);
  const needed = Object.entries(await requiredDependencies(target));
  const missing = needed.filter(([name]) => !Object.hasOwn(has, name));
  const older = needed.filter(([name, version]) => isOlder(text(has[name]), version));
  if (missing.length > 0 && !Object.hasOwn(object(kept['scripts']), 'build')) return [unrelated];
  if (missing.length > 0)
    return [foreign('lacks dependencies of the server', [...missing, ...older])];
  if (older.length > 0) return [foreign('has older dependencies than the server needs', older)];
  const script = olderScript(kept);
  return script === undefined ? [] : [olderScriptProblem(script)];
}

/** Whether a version, or every version of a range such as `^1.2.3`, is older; false for anything else. */
export function isOlder(range: string | undefined, needed: string): boolean {
  const [, operator, ...parts] = /^([~^]?)(\d+)\.(\d+)\.(\d+)$/.exec(range?.trim() ?? '') ?? [];
  if (operator === undefined) return false;
  const [major = '', minor = '', patch = ''] = parts;
  const isMinorOpen = operator === '^' && major !== '0';
  const any = Number.MAX_SAFE_INTEGER;
  return isNewer(needed, `${major}.${isMinorOpen ? any : minor}.${operator === '' ? patch : any}`);
}

/** That of another program: dependencies alone would not make the project build. */
const unrelated: Problem = {
  code: 'KEPT_PACKAGE_JSON',
  place: 'package.json',
  message: "The file exists already and is kept, but lacks the server's dependencies and scripts.",
  remedy:
    'Generate into a folder of its own with --output, or move the file away, run this again, and merge the two.',
};

function foreign(fault: string, wanted: readonly (readonly [string, string])[]): Problem {
  return {
    code: 'KEPT_PACKAGE_JSON',
    place: 'package.json',
    message: `The file exists already and is kept, but ${fault}.`,
    remedy: `npm install --save-exact ${wanted.map(([name, version]) => `${name}@${version}`).join(' ')}`,
  };
}
