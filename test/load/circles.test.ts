import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load } from '../../src/load/load.js';
import { sending, toolsOf } from './tools.js';

test('cycles in which every reference may mean several schemas end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'circles-'));
  const url = join(folder, 'openapi.json');
  const schemas = {
    A: { $ref: '#/components/schemas/B/properties/id' },
    B: { $ref: '#/components/schemas/A/properties/id' },
  };
  const schema = { $ref: '#/components/schemas/A/properties/id' };
  const responses = { 200: { description: 'ok', content: { 'application/json': { schema } } } };
  await writeFile(
    url,
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Circles', version: '1' },
      servers: [{ url: 'https://api.example.com' }],
      paths: { '/a': { get: { operationId: 'a', responses } } },
      components: { schemas },
    }),
  );
  const { warnings } = await load(url);
  expect(warnings.map(({ code }) => code)).toContain('UNRESOLVED_REF');
  await rm(folder, { recursive: true });
});

test.each(['application/json', 'multipart/form-data', 'application/xml'])(
  'schemas that are each a choice of others end in a body of %s',
  async (mediaType) => {
    const ref = (index: number) => ({ $ref: `#/components/schemas/S${index % 60}` });
    const schemas = Array.from({ length: 60 }, (_, index) => [
      `S${index}`,
      { properties: { x: ref(index) }, anyOf: [1, 2, 3].map((step) => ref(index * 3 + step)) },
    ]);
    const document = sending(ref(0), Object.fromEntries(schemas) as object);
    const text = JSON.stringify(document).replace('application/json', mediaType);
    const { tools } = await toolsOf({ 'o.json': text });
    expect(Object.keys(tools)).toEqual(['send']);
  },
);
