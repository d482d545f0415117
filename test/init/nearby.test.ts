import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentsIn } from '../../src/commands/init/ask-document.js';

it('finds the documents in a folder by their contents, not by their names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-nearby-'));
  const files = {
    'api.yaml': '# ours\nopenapi: 3.1.0\n',
    'old.json': '{"swagger":"2.0"}',
    'pretty.JSON': '{\n  "info": {},\n  "openapi": "3.0.3"\n}',
    'quoted.yml': "'openapi': '3.0.0'\n",
    'package.json': '{ "name": "openapi", "dependencies": { "swagger": "x" } }',
    'notes.yaml': 'title: about openapi: 3\n',
    'openapi.txt': 'openapi: 3.1.0\n',
    'empty.json': '',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await mkdir(join(folder, 'folder.yaml'));
  expect(await documentsIn(folder)).toEqual(['api.yaml', 'old.json', 'pretty.JSON', 'quoted.yml']);
  expect(await documentsIn(join(folder, 'nowhere'))).toEqual([]);
  await rm(folder, { recursive: true });
});
