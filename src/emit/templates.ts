import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { packagePath } from '../package.js';
import type { OutputFile } from './file.js';

/** One file of `templates/`, and what becomes of it. */
export interface Template extends Omit<OutputFile, 'content'> {
  /** Its path in `templates/`. */
  readonly source: string;
}

const root = packagePath('templates');

/** A service whose workflow file can be written. */
export type CiService = 'github' | 'gitlab';

/** Every template of a project, in code unit order of the paths there; of the workflow files, that of one service. */
export async function listTemplates(ci?: CiService): Promise<Template[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
    .map((source) => {
      const path = source.replace(/\.hbs$/, '');
      return { source, path, owner: ownerOf(path) };
    })
    .filter(({ path }) => [undefined, ci].includes(serviceOf(path)));
}

/** The text of a template. */
export async function readTemplate({ source }: Template): Promise<string> {
  return readFile(join(root, source), 'utf8');
}

/** The service whose workflow file a path is. */
export function serviceOf(path: string): CiService | undefined {
  if (path.startsWith('.github/')) return 'github';
  return path === '.gitlab-ci.yml' ? 'gitlab' : undefined;
}

/** The ownership of templates (design.md section 4); `src/generated` and the lock are generated too. */
function ownerOf(path: string): OutputFile['owner'] {
  return path.startsWith('src/runtime/') || path === '.env.example' ? 'generated' : 'yours';
}
