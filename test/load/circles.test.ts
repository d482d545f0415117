import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load } from '../../src/load/load.js';

test('circles in which every reference may mean several schemas come to an end', async () => {
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
