import { readFile } from 'node:fs/promises';
import * as prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import { requiredDependencies } from '../../src/emit/view.js';
import type { Target } from '../../src/plan/types.js';
import { samplePlan } from './sample.js';

async function projectFor(target: Target): Promise<Map<string, string>> {
  const files = await emit({ ...samplePlan(), target });
  return new Map(files.map(({ path, content }) => [path, content]));
}

const onlyNode = [
  'Dockerfile',
  'src/runtime/node-http.ts',
  'src/runtime/run.ts',
  'src/runtime/serve.ts',
  'src/test/server.test.ts',
];
const onlyWorkers = ['wrangler.jsonc', 'src/runtime/worker.ts', 'src/runtime/worker-settings.ts'];

describe('a project for one platform', () => {
  it.each<[Target, string[], string[]]>([
    ['node', onlyNode, onlyWorkers],
    ['workers', onlyWorkers, onlyNode],
  ])('has the files of %s, and none of the other platform', async (target, own, others) => {
    const paths = [...(await projectFor(target)).keys()];
    expect(paths).toEqual(expect.arrayContaining(own));
    expect(paths.filter((path) => others.includes(path))).toEqual([]);
    expect(paths.filter((path) => path.includes('.workers.'))).toEqual([]);
    expect(paths).toEqual([...paths].sort());
  });

  it('has one of two files with the same name', async () => {
    const [node, workers] = await Promise.all([projectFor('node'), projectFor('workers')]);
    const path = 'src/runtime/net.ts';
    expect(node.get(path)).toBe(await readFile(`templates/${path}`, 'utf8'));
    const variant = await readFile('templates/src/runtime/net.workers.ts', 'utf8');
    expect(workers.get(path)).toBe(variant);
  });

  it('imports only modules that it contains', async () => {
    const files = await projectFor('workers');
    const missing = [...files].flatMap(([path, content]) =>
      [...content.matchAll(/from '(\.{1,2}\/[^']+)\.js'/g)]
        .map(([, name = '']) => new URL(`${name}.ts`, `file:///${path}`).pathname.slice(1))
        .filter((name) => path.startsWith('src/') && !files.has(name))
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
    const modules = [...files].flatMap(([path, content]) =>
      path.startsWith('src/') ? [...content.matchAll(/from '(node:[^']+|undici)'/g)] : [],
    );
    expect([...new Set(modules.map(([, name]) => name))]).toEqual(['node:crypto']);
  });

  it('depends on the packages that it imports', async () => {
    const imported = [...(await projectFor('workers'))].flatMap(([path, content]) =>
      path.startsWith('src/runtime/')
        ? [
            ...content.matchAll(
              /^(?:import|export|\}) .*from '((?:@[^/']+\/)?[^/'.:]+)(?:\/[^']*)?';$/gm,
            ),
          ]
        : [],
    );
    const packages = [...new Set(imported.map(([, name]) => name))].sort();
    expect(packages).toContain('jose');
    expect(Object.keys(await requiredDependencies('workers'))).toEqual(packages);
  });

  it.each(['README.md', 'TOOLS.md', 'docs/custom-code.md', 'wrangler.jsonc', 'package.json'])(
    'for Workers has %s in prettier’s format',
    async (filepath) => {
      const content = (await projectFor('workers')).get(filepath) ?? '';
      expect(await prettier.format(content, { filepath, singleQuote: true, printWidth: 100 })).toBe(
        content,
      );
    },
  );

  it('for Workers does not describe variables that it refuses', async () => {
    const files = await projectFor('workers');
    for (const path of ['.env.example', 'README.md']) {
      const text = files.get(path) ?? '';
      expect(text).toContain('MCP_RESOURCE_URL');
      expect(text).not.toMatch(/UPSTREAM_CERT_FILE|MCP_TRUSTED_PROXIES|^PORT=|--stdio/m);
    }
  });
});
