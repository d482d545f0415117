import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../src/emit/generated.js';
import { prepare } from '../../src/generate.js';
import { listFixtures, planOf, root } from '../support/fixtures.js';
import { faultsOf } from './oracle.js';
import { samplePlan, sampleTool } from './sample.js';

const documents = [
  '@figma/rest-api-spec/openapi/openapi.yaml',
  ...['complex-nesting', 'petstore', 'schema-types', 'security'].map(
    (name) => `@readme/oas-examples/3.0/json/${name}.json`,
  ),
  '@readme/oas-examples/3.1/yaml/train-travel.yaml',
];

describe('src/generated is valid TypeScript in prettier’s format', () => {
  it.each(listFixtures().filter(({ fails }) => !fails))('for fixtures/$name', async (fixture) => {
    expect(await faultsOf(generatedFiles(await planOf(fixture)))).toEqual([]);
  });

  it.each(documents)(
    'for %s',
    async (name) => {
      const plan = await prepare({ url: join(root, 'node_modules', name) });
      const files = generatedFiles(plan);
      expect(files.length).toBeGreaterThan(2);
      expect(await faultsOf(files)).toEqual([]);
    },
    120_000,
  );
});

describe('a fault of src/generated', () => {
  it('is found', async () => {
    const files = generatedFiles(samplePlan([sampleTool('a')]));
    const spoilt = (from: string, to: string) =>
      files.map((file) => ({ ...file, content: file.content.replace(from, to) }));
    expect(await faultsOf(files)).toEqual([]);
    const tool = 'src/generated/tools/a.ts';
    expect(await faultsOf(spoilt("name: 'a'", 'name: "a"'))).toEqual([`${tool}: layout`]);
    expect(await faultsOf(spoilt('  inputSchema: {', '  inputSchema: {\n   '))).toEqual([
      `${tool}: layout`,
    ]);
  });
});
