import { posix } from 'node:path';
import * as prettier from 'prettier';
import { expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import type { Target } from '../../src/plan/types.js';
import { samplePlan } from './sample.js';

const folder = 'src/runtime/';

/** The map of the runtime for reviewers, and the files that it is about. */
async function read(target: Target) {
  const files = await emit({ ...samplePlan(), target });
  const inRuntime = files.filter(({ path }) => path.startsWith(folder));
  const map = inRuntime.find(({ path }) => path.endsWith('README.md'));
  const paths = inRuntime.map(({ path }) => path.slice(folder.length));
  const all = [...paths, ...files.map(({ path }) => path)];
  return { map, all, paths: paths.filter((path) => path.endsWith('.ts')) };
}

const namesIn = (text: string) =>
  [...text.matchAll(/`([\w/.-]+\.ts)`/g)].map(([, name = '']) => name);

/** The files of its sections, whose headings name the folder that the paths start from, unless there are two. */
function inTables(text: string): string[] {
  const [, tables = ''] = text.split('## The files');
  return tables.split('### ').flatMap((section) => {
    const [heading = '', ...table] = section.split('\n');
    const [, folders, ...more] = heading.split('`');
    const from = more.length > 1 ? '' : (folders ?? '');
    return namesIn(table.join('\n')).map((name) => posix.join(from, name));
  });
}

it.each<Target>(['node', 'workers'])(
  'the map of the runtime has each file for %s once, and no other',
  async (target) => {
    const { map, all, paths } = await read(target);
    const text = map?.content ?? '';
    expect(map?.owner).toBe('generated');
    expect(await prettier.format(text, { parser: 'markdown' })).toBe(text);
    expect(inTables(text).sort()).toEqual(paths.toSorted());
    const [steps = ''] = text.split('## The files');
    for (const name of namesIn(steps)) expect(all).toContain(name);
  },
);
