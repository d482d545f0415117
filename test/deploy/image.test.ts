import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/fixtures.js';
import { buildProject, type Project } from '../support/project.js';

const dockerfile = readFileSync(join(root, 'templates/Dockerfile'), 'utf8');
const instructions = dockerfile
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM')));

describe('the image', () => {
  let project: Project;
  beforeAll(async () => {
    const args = ['--oauth-server', 'https://auth.example.com'];
    project = await buildProject('todo', { source: 'fixtures/todo/input.yaml', args });
  });
  afterAll(() => project.remove());

  /** The files that the last stage copies from the first, relative to the project. */
  const copied = (): string[] =>
    last.flatMap((line) => /^COPY --from=build \/app\/(\S+) /.exec(line)?.[1] ?? []);

  it('has the bundle and its package.json, and nothing else', () => {
    expect(copied()).toEqual(['package.json', 'dist']);
    expect(last.filter((line) => /^(COPY|ADD|RUN)/.test(line))).toHaveLength(2);
  });

  it('has layers of less than 20 MB, without modules', async () => {
    const sizes = await Promise.all(copied().map((path) => sizeOf(join(project.folder, path))));
    const total = sizes.reduce((sum, size) => sum + size);
    expect(total).toBeGreaterThan(100_000);
    expect(total).toBeLessThan(20_000_000);
    expect(await readdir(join(project.folder, 'dist'))).not.toContain('node_modules');
  });
});

it('its user is a number, and not that of root', () => {
  const users = last.flatMap((line) => /^USER (.+)$/.exec(line)?.[1] ?? []);
  expect(users).toHaveLength(1);
  expect(Number(users[0])).toBeGreaterThan(0);
  expect(last.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
    last.findIndex((line) => line.startsWith('CMD')),
  );
});

it('its health check is a program that ends with the health of the server', () => {
  const [check = ''] = last.filter((line) => line.startsWith('HEALTHCHECK'));
  const command = JSON.parse(/CMD (\[.*\])$/.exec(check)?.[1] ?? 'null') as string[];
  expect(command.slice(0, 2)).toEqual(['node', '-e']);
  expect(command[2]).toContain('/healthz');
});

it('starts Node itself, which gets the signals', () => {
  expect(last.at(-1)).toBe('CMD ["node", "dist/main.js"]');
});

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const inside = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return inside.reduce((sum, size) => sum + size, 0);
}
