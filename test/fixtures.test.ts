import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fail, listFixtures, readFolder, render, root, templateOf } from './support/fixtures.js';

const fixtures = listFixtures();
const unwritten = join(root, 'fixtures', 'never-written');

describe.each(fixtures.filter(({ fails }) => !fails))('fixtures/$name', (fixture) => {
  it('gives the expected project, file by file', async () => {
    const { files, copied } = await render(fixture);
    const stored = new Map(
      [...readFolder(fixture.folder)].filter(
        ([path]) => path === 'warnings.txt' || path.startsWith('expected/'),
      ),
    );
    expect([...files.keys()].sort()).toEqual([...stored.keys()].sort());
    for (const [path, content] of files) expect(content, path).toBe(stored.get(path));
    for (const [path, content] of copied)
      expect(content, path).toBe(readFileSync(templateOf(fixture, path), 'utf8'));
    expect(copied.has('src/main.ts')).toBe(true);
  });
});

describe.each(fixtures.filter(({ fails }) => fails))('fixtures/$name', (fixture) => {
  afterAll(() => expect(existsSync(unwritten)).toBe(false));

  it('fails with 2, names a remedy, and writes nothing', async () => {
    const { status, stdout, stderr } = await fail(fixture, unwritten);
    expect(status).toBe(2);
    expect(stderr).toBe(readFileSync(join(fixture.folder, 'stderr.txt'), 'utf8'));
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
