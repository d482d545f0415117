import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { folder } from '../load/helpers.js';
import { sending } from '../load/tools.js';
import { run } from '../support/command-line.js';

test.each(['validate', 'generate'])(
  '%s of a document whose reference cannot be fetched ends with 2, and names it',
  async (command) => {
    // A port of this machine that answers nothing, and that fetch does not refuse by itself.
    const $ref = 'http://127.0.0.1:2/thing.json';
    const root = await folder({ 'o.json': sending({ $ref }) });
    const source = ['--url', `${root}/o.json`, '--allow-private'];
    const target = command === 'generate' ? ['--output', `${root}/out`] : [];
    const { status, stdout, stderr } = await run([command, ...source, ...target]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`SOURCE_UNREACHABLE at ${$ref}`);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).not.toContain('    at ');
  },
);

test('generate --check of a project whose document has such a reference now ends with 2, never 1', async () => {
  const root = await folder({ 'o.json': sending({}) });
  const source = ['--url', `${root}/o.json`, '--allow-private', '--base-url', 'https://a.example'];
  const command = ['generate', ...source, '--output', `${root}/out`];
  expect((await run(command)).status).toBe(0);
  const now = sending({ $ref: 'http://127.0.0.1:2/thing.json' });
  await writeFile(`${root}/o.json`, JSON.stringify(now));
  const { status, stderr } = await run([...command, '--check']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('SOURCE_UNREACHABLE at http:')]);
  expect(stderr).not.toContain('    at ');
});

test('validate of a document that is wrong ends with 1', async () => {
  const root = await folder({ 'o.json': { ...sending({}), openapi: '4.0' } });
  const { status, stderr } = await run(['validate', '--url', `${root}/o.json`]);
  expect(status).toBe(1);
  expect(stderr).toContain('UNSUPPORTED_VERSION');
});
