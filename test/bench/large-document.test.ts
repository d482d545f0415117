import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepare } from '../../src/generate.js';
import { largeCall, largeDocument } from './large-document.js';
import { scope } from './scenarios.js';

test('the large document has as many tools as GitHub, and a list that is as long', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-large-'));
  const url = join(folder, 'large.json');
  await writeFile(url, JSON.stringify(largeDocument()));
  const { api, warnings } = await prepare({ url, oauthServer: 'https://auth.example.com' });
  await rm(folder, { recursive: true });
  expect(warnings).toEqual([]);
  expect(api.tools).toHaveLength(1223);
  const listed = api.tools.map(({ request: _request, ...tool }) => tool);
  const megabytes = Buffer.byteLength(JSON.stringify(listed)) / 1e6;
  expect(megabytes).toBeGreaterThan(1.7);
  expect(megabytes).toBeLessThan(2);
  expect(api.tools.find(({ name }) => name === largeCall.tool)?.inputSchema).toMatchObject({
    required: ['owner', 'repo'],
    properties: Object.fromEntries(Object.keys(largeCall.args).map((name) => [name, {}])),
  });
  const [needed = []] = api.scopes[largeCall.tool] ?? [];
  expect(scope.split(' ')).toEqual(expect.arrayContaining([...needed]));
  expect(needed).toHaveLength(1);
});
