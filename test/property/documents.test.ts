import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Api } from '../../templates/src/runtime/api.js';
import { createMcp } from '../../templates/src/runtime/mcp.js';
import { InputError } from '../../src/errors.js';
import { generate, prepare, type Generated, type GenerateOptions } from '../../src/generate.js';
import { checkTools, checkValidator } from '../corpus/check-plan.js';
import { root } from '../support/fixtures.js';
import { openApiDocument } from './document.js';

// PROPERTY_RUNS sets more of both, for nightly runs; the seed of a failure is in its message.
const runs = Number(process.env['PROPERTY_RUNS'] ?? 300);
const compiled = Math.ceil(runs / 6);
const patience = runs * 1000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'property-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The outcome for a document: a plan or a project, or a clean refusal. */
async function unlessRefused<T>(
  document: object,
  make: (options: GenerateOptions) => Promise<T>,
): Promise<T | undefined> {
  const url = join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(url, JSON.stringify(document));
  try {
    return await make({ url, oauthServer: 'https://auth.example.com' });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const problem of error.problems) expect(problem.code).toMatch(/^[A-Z][A-Z_]+$/);
    return undefined;
  } finally {
    await rm(url);
  }
}

test(
  'any document gives tools that every client can use, or a clean refusal',
  { timeout: patience },
  async () => {
    let plans = 0;
    await fc.assert(
      fc.asyncProperty(openApiDocument, async (document) => {
        const plan = await unlessRefused(document, prepare);
        if (plan === undefined) return;
        plans += 1;
        expect([...checkTools(plan), ...checkValidator(plan)]).toEqual([]);
      }),
      { numRuns: runs },
    );
    // If nearly all were refused, nothing would have been tested.
    expect(plans).toBeGreaterThan(runs / 3);
  },
);

test(
  'a written project compiles, matches the plan, and responds to tools/list',
  { timeout: patience },
  async () => {
    const projects: Generated[] = [];
    for (const document of fc.sample(openApiDocument, compiled)) {
      const result = await unlessRefused(document, generate);
      if (result !== undefined) projects.push(result);
    }
    expect(projects.length).toBeGreaterThan(compiled / 3);
    await compileTogether(projects);
    for (const [index, { plan }] of projects.entries()) {
      const file = join(folder, 'dist', `p${index}/generated/api.js`);
      const { api } = (await import(pathToFileURL(file).href)) as { api: Api };
      expect(isDeepStrictEqual(api, JSON.parse(JSON.stringify(plan.api)))).toBe(true);
      expect(await listedBy(api)).toEqual(plan.api.tools.map(({ name }) => name));
    }
    expect(globalThis).not.toHaveProperty('pwned');
  },
);

/** Compiles the generated half of many projects at once, beside one copy of the runtime, with their strict options. */
async function compileTogether(projects: readonly Generated[]): Promise<void> {
  const source = join(folder, 'src');
  const [first] = projects;
  const runtime = first?.files.filter(({ path }) => path.startsWith('src/runtime/')) ?? [];
  const generatedFiles = projects.flatMap(({ files }, index) =>
    files
      .filter(({ path }) => path.startsWith('src/generated/'))
      .map(({ path, content }) => ({ path: path.replace('src/', `p${index}/`), content })),
  );
  const all = [
    ...runtime.map(({ path, content }) => ({ path: path.replace('src/', ''), content })),
    ...generatedFiles,
  ];
  for (const { path, content } of all) {
    const file = join(source, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  for (const index of projects.keys())
    await symlink('../runtime', join(source, `p${index}/runtime`));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const tsconfig = first?.files.find(({ path }) => path === 'tsconfig.json')?.content ?? '{}';
  await writeFile(join(folder, 'tsconfig.json'), tsconfig);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const tsc = join(root, 'node_modules/typescript-native/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout.slice(0, 5000));
  });
}

async function listedBy(api: Api): Promise<string[]> {
  const { factory } = createMcp({
    api,
    call: () => Promise.reject(new Error('Nothing is called')),
    audit: () => undefined,
    onError: () => undefined,
  });
  const server = await (await factory())({ era: 'legacy' });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'property', version: '1.0.0' });
  await Promise.all([server.connect(ours as never), client.connect(theirs)]);
  try {
    return (await client.listTools()).tools.map(({ name }) => name);
  } finally {
    await client.close();
  }
}
