import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../attack/target.js';
import { root } from './fixtures.js';
import { Processes } from './processes.js';
import { SecretSearch, secret } from './secrets.js';

const value = 'a/b+c é-6e1f2f0c-93c1-4c1a-9d5e-0a3b6c9d8e7f';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a secret is found', () => {
  const search = new SecretSearch();
  search.add('the key', value);
  search.add('another', 'another-0b0d0f16-1b1b-4f4e-8a8a-111111111111');

  it.each([
    ['as it is', value],
    ['in a line of JSON', JSON.stringify({ event: 'x', key: `Bearer ${value}.` })],
    ['percent-encoded', `?key=${encodeURIComponent(value)}&x=y`],
    ['in a form', new URLSearchParams({ key: value }).toString()],
    ['in base64', base64(value)],
    ['in base64, after a user name', base64(`u:${value}`)],
    ['in base64, after a longer one', base64(`us:${value}`)],
    ['in base64, with more after it', base64(`${value} and more`)],
    ['in base64url', Buffer.from(`ü${value}`).toString('base64url')],
    ['truncated at its beginning', value.slice(8)],
  ])('%s', (_, text) => {
    expect(search.find(`before ${text} after`)).toEqual(['the key']);
  });

  it('and nothing else is', () => {
    expect(search.find(value.slice(0, -1) + value.slice(10, -1))).toEqual([]);
    expect(search.find('')).toEqual([]);
  });

  it('among thousands, in a megabyte, in one pass', () => {
    const many = new SecretSearch();
    const values = Array.from({ length: 3000 }, () => `${crypto.randomUUID()}${'x'.repeat(500)}`);
    for (const [index, one] of values.entries())
      many.add(`${index}`, `${one}${crypto.randomUUID()}`);
    many.add('the key', value);
    expect(many.find(`${values.join(' ')} ${value}`)).toEqual(['the key']);
  });

  it('unless it resembles other text and is refused', () => {
    expect(() => search.add('short', 'password')).toThrow('The secret called short');
    expect(() => search.add('ordinary', 'many words make no secret')).toThrow('called ordinary');
  });
});

describe('a process that prints one fails its test', () => {
  const label = 'key of a leaking process';
  const leaked = secret(label);
  const leaking = {
    command: process.execPath,
    args: ['-e', `process.stderr.write(Buffer.from(process.env.LEAK).toString('base64'))`],
    cwd: root,
  };

  it('when it was run', async () => {
    const running = new Processes().run({ ...leaking, env: { LEAK: leaked } });
    await expect(running).rejects.toThrow(`shows secrets: ${label}`);
    await running.catch((error: unknown) => expect(String(error)).not.toContain(leaked));
  });

  it('when it served', async () => {
    const processes = new Processes();
    const gone = { ...leaking, env: { LEAK: leaked }, readyUrl: 'http://127.0.0.1:9' };
    await processes.serve(gone).catch(() => undefined);
    await expect(processes.close()).rejects.toThrow(`shows secrets: ${label}`);
  });

  it('when it was attacked', async () => {
    const meaning = { port: '', resource: '', issuer: '', upstream: '', apiKey: leaked };
    const variables = ({ apiKey }: typeof meaning) => ({ LEAK: apiKey });
    const running = launch({ ...leaking, variables }, meaning);
    await expect(running.ended).rejects.toThrow(`shows secrets: ${label}`);
    await expect(running.stop()).rejects.toThrow(label);
  });
});

describe('a run of vitest that prints one fails', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-leak-'));
    await mkdir(join(folder, 'test'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs one test with this repository's configuration. */
  async function runTest(body: string): Promise<{ status: unknown; output: string }> {
    const secrets = JSON.stringify(join(root, 'test/support/secrets.ts'));
    const lines = [
      `import { expect, test } from 'vitest';`,
      `import { secret } from ${secrets};`,
      `test('it passes', () => { ${body}; expect(1).toBe(1); });`,
    ];
    await writeFile(join(folder, 'test/one.test.ts'), lines.join('\n'));
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--root', folder, '--config', join(root, 'vitest.config.ts')];
    return new Promise((resolve) =>
      execFile(process.execPath, args, (error, stdout, stderr) =>
        resolve({ status: error?.code ?? 0, output: stdout + stderr }),
      ),
    );
  }

  it.each([
    ['console.log', `console.log(secret('my key'))`],
    ['the stream', `process.stderr.write(btoa('user:' + secret('my key')))`],
    [
      'a child',
      `process.getBuiltinModule('child_process').execFileSync('echo', [secret('my key')], { stdio: 'inherit' })`,
    ],
  ])('by %s', async (_, body) => {
    const { status, output } = await runTest(body);
    expect(output).toContain('1 passed');
    expect(output).toContain('The output of this run shows secrets: my key');
    expect(status).toBe(1);
  });

  it('and only then', async () => {
    const { status, output } = await runTest(`secret('my key')`);
    expect(output).toContain('1 passed');
    expect(status).toBe(0);
  });
});
