import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One file of `templates/`, by its path there. */
export interface Template {
  readonly path: string;
  readonly content: string;
}

/** Beside `src` in the repository and beside `dist` in the package: the same distance from this module. */
const root = new URL('../../templates/', import.meta.url);

/** Every template, in code unit order of the paths. */
export async function readTemplates(): Promise<Template[]> {
  const entries = await readdir(fileURLToPath(root), { recursive: true, withFileTypes: true });
  const base = fileURLToPath(root);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(base.length).replaceAll('\\', '/'))
    .map((path) => path.replace(/^\//, ''))
    .sort();
  return Promise.all(
    paths.map(async (path) => ({ path, content: await readFile(new URL(path, root), 'utf8') })),
  );
}
