import { execFile } from 'node:child_process';
import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generations } from '../support/generations.js';
import { HttpClient } from '../support/http-client.js';
import { root } from '../support/fixtures.js';
import { buildProject, generateInto, type Project } from '../support/project.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

const source = 'fixtures/todo/input.yaml';
const args = ['--oauth-server', 'https://auth.example.com'];

/** The user's files as they were generated when `npm run build` was `tsc` and nothing bundled the server. */
const kept = { 'main.ts.txt': 'src/main.ts', 'package.json': '.', 'tsconfig.json': '.' };

const run = promisify(execFile);

let project: Project;
let issuer: StaticIssuer;

beforeAll(async () => {
  project = await buildProject('earlier', { source, args });
  issuer = await startStaticIssuer();
  const { folder } = project;
  for (const added of ['build.js', 'dist']) await rm(join(folder, added), { recursive: true });
  for (const [from, to] of Object.entries(kept))
    await copyFile(
      join(root, 'test/e2e/earlier-layout', from),
      join(folder, to === '.' ? from : to),
    );
});

afterAll(() => Promise.all([project.remove(), issuer.close()]));

/** Runs the `build` of the project's own package.json, with the compiler of that version. */
async function build(folder: string): Promise<void> {
  const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    scripts: { build: string };
  };
  expect(scripts.build).toBe('tsc');
  const tsc = join(root, 'node_modules/typescript-native/bin/tsc');
  await run(process.execPath, [tsc], { cwd: folder });
}

describe('a project of the layout before the bundle', () => {
  it('keeps the user’s files when it is regenerated', async () => {
    const own = join(project.folder, 'package.json');
    const before = await readFile(own, 'utf8');
    await generateInto(project.folder, source, args);
    expect(await readFile(own, 'utf8')).toBe(before);
  });

  it('compiles to one module for each source, and is served from them', async () => {
    await build(project.folder);
    const compiled = await readFile(join(project.folder, 'dist/main.js'), 'utf8');
    expect(compiled).toContain("from './runtime/serve.js'");
    const server = await project.start({ OAUTH_AUTHORIZATION_SERVER: issuer.issuer });
    const token = await issuer.sign({ aud: server.url, sub: 'ada', scope: 'todo.read' });
    for (const generation of generations) {
      const client = await new HttpClient(generation, server.url, { token }).connect();
      expect((await client.listTools()).map(({ name }) => name)).toContain('create_todo');
      await client.close();
    }
  });
});
