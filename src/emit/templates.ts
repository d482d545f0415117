import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { packagePath } from '../package.js';
import type { Target } from '../plan/types.js';
import type { OutputFile } from './file.js';

/** One file of `templates/`, and the file that it becomes. */
export interface Template extends Omit<OutputFile, 'content'> {
  /** Its path in `templates/`. */
  readonly source: string;
}

const root = packagePath('templates');

/** A CI service for which a workflow file can be written. */
export type CiService = 'github' | 'gitlab';

/** The platform and the CI service of a project. */
export interface Choice {
  /** Absent: `node`. */
  readonly target?: Target | undefined;
  /** Absent: no workflow file. */
  readonly ci?: CiService | undefined;
}

/** The files that only projects for one platform have. */
const only: Readonly<Record<Target, RegExp>> = {
  node: /^(Dockerfile|\.dockerignore|deploy\/.*|src\/test\/.*|src\/runtime\/(node-http|run|serve)\.ts)$/,
  workers: /^(wrangler\.jsonc|src\/runtime\/(worker(-settings)?|cloudflare\.d)\.ts)$/,
};

/**
 * Every template of a project, in code unit order of the paths there. Of the workflow files, it is that of one service;
 * of `name.ts` and `name.workers.ts`, the one for the project's platform.
 */
export async function listTemplates({ ci, target = 'node' }: Choice = {}): Promise<Template[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  return forTarget(sources, target)
    .map((source) => {
      const path = source.replace(/\.hbs$/, '').replace(variant, '$1');
      return { source, path, owner: ownerOf(path) };
    })
    .filter(({ path }) => [undefined, ci].includes(serviceOf(path)))
    .filter(({ path }) => !only[target === 'node' ? 'workers' : 'node'].test(path));
}

const variant = /\.workers(\.[a-z]+(?:\.hbs)?)$/;

/** The files for one platform: a variant replaces the file that it is named after. */
function forTarget(sources: readonly string[], target: Target): string[] {
  const variants = sources.filter((source) => variant.test(source));
  if (target === 'node') return sources.filter((source) => !variant.test(source));
  const replaced = variants.map((source) => source.replace(variant, '$1'));
  return sources.filter((source) => !replaced.includes(source));
}

/** The text of a template. */
export function readTemplate({ source }: Template): string {
  return readFileSync(join(root, source), 'utf8');
}

/** The service that a path is the workflow file of. */
function serviceOf(path: string): CiService | undefined {
  if (path.startsWith('.github/')) return 'github';
  return path === '.gitlab-ci.yml' ? 'gitlab' : undefined;
}

const generated = /^(src\/runtime\/|\.env\.example$|TOOLS\.md$)/;

/** The owner of the file of a template; `src/generated` and the lock are generated too. */
function ownerOf(path: string): OutputFile['owner'] {
  return generated.test(path) ? 'generated' : 'yours';
}
