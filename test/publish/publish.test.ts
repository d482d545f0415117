import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { casesOf } from '../../src/commands/publish/cases.js';
import { main } from '../../src/cli.js';
import { planPaths } from '../plan/helpers.js';
import { run, Sink } from '../support/command-line.js';
import { freePort } from '../support/http.js';
import { linkInstalled } from '../support/installed.js';
import { generateInto } from '../support/project.js';
import { faultsOf } from './entry-schema.js';

const folder = mkdtempSync(join(tmpdir(), 'publish-'));
const project = join(folder, 'petstore');
const url = 'https://mcp.acme.dev/mcp';

beforeAll(async () => {
  await generateInto(project, 'fixtures/petstore-3.0/input.yaml', ['--auth', 'none']);
  await linkInstalled(project);
});

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  rmSync(join(project, 'submission'), { recursive: true, force: true });
  rmSync(join(project, 'server.json'), { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const publish = (store: string, ...flags: string[]) =>
  run(['publish', '--store', store, '--project', project, ...flags]);

type Written = Record<string, Record<string, never>>;
const read = (path: string) => JSON.parse(readFileSync(join(project, path), 'utf8')) as Written;
const edit = (path: string, change: (text: string) => string) => {
  const place = join(project, path);
  writeFileSync(place, change(readFileSync(place, 'utf8')));
};

/** Runs `dev` with a mock of the API, and resolves to the URL of the server. */
async function startDev(): Promise<string> {
  const signals = new EventEmitter();
  const [stdout, stderr] = [new Sink(), new Sink()];
  const ports = ['--port', String(await freePort()), '--mock-port', String(await freePort())];
  const status = main(['dev', project, ...ports, '--json'], {
    ...{ stdout, stderr, env: process.env, execPath: process.execPath },
    once: (signal, listener) => signals.once(signal, listener),
  });
  ends.push(async () => {
    signals.emit('SIGINT');
    await status;
  });
  const early = status.then((code) => {
    throw new Error(`dev ended with ${code}: ${stderr.text}`);
  });
  early.catch(() => undefined);
  await Promise.race([early, expect.poll(() => stdout.text).toContain('"url"')]);
  return (JSON.parse(stdout.text) as { url: string }).url;
}

describe('publish --store registry', () => {
  it('writes an entry that the registry accepts, and in which doctor finds no fault', async () => {
    expect(await publish('registry', '--resource-url', url)).toMatchObject({ status: 0 });
    const entry = read('server.json');
    expect(faultsOf(entry)).toEqual([]);
    expect(entry).toMatchObject({
      name: 'dev.acme/petstore',
      description: 'Pets, and the people who look after them.',
      version: '1.2.0',
      remotes: [{ type: 'streamable-http', url }],
    });
    const { stdout } = await run(['doctor', '--store', 'registry', '--project', project]);
    expect(stdout).toContain('0 failed');
    expect(stdout).toMatch(/^pass +registry-namespace/m);
  });

  it('keeps manual edits, and updates the URL', async () => {
    await publish('registry', '--resource-url', url, '--namespace', 'io.github.acme');
    edit('server.json', (text) =>
      text.replace('Pets, and', 'All pets, and').replace('1.2.0', '1.2.1'),
    );
    const other = 'https://pets.acme.dev/mcp';
    await publish('registry', '--resource-url', other);
    expect(read('server.json')).toMatchObject({
      name: 'io.github.acme/petstore',
      description: 'All pets, and the people who look after them.',
      version: '1.2.1',
      remotes: [{ type: 'streamable-http', url: other }],
    });
    expect(faultsOf(read('server.json'))).toEqual([]);
  });

  it.each([
    undefined,
    'http://mcp.acme.dev/mcp',
    'https://user:s3cret@mcp.acme.dev/mcp',
    'https://localhost/mcp',
    'https://127.0.0.1/mcp',
    'https://[fd00::1]/mcp',
    'https://mcp.acme.dev/mcp#top',
  ])('needs a public https URL: %s', async (text) => {
    const flags = text === undefined ? [] : ['--resource-url', text];
    const { status, stderr } = await publish('registry', ...flags);
    expect(status).toBe(2);
    expect(stderr).toContain(' at --resource-url\n');
    expect(stderr).not.toContain('s3cret');
    expect(existsSync(join(project, 'server.json'))).toBe(false);
  });

  it('needs a namespace that the registry accepts', async () => {
    const { status, stderr } = await publish(
      ...['registry', '--resource-url', url, '--namespace', 'dev.acme/x" $(id)'],
    );
    expect([status, stderr.split('\n')[0]]).toEqual([2, 'INVALID_OPTION at --namespace']);
  });

  it('keeps the edits of an editor that writes a byte order mark', async () => {
    writeFileSync(join(project, 'server.json'), '\u{FEFF}{"version":"7.0.0"}\r\n');
    expect(await publish('registry', '--resource-url', url)).toMatchObject({ status: 0 });
    expect(read('server.json')).toMatchObject({ version: '7.0.0', remotes: [{ url }] });
  });
});

describe('the files of a submission', () => {
  it.each([
    ['server.json', 'registry'],
    ['submission', 'claude'],
    ['submission/test-cases.json', 'chatgpt'],
  ])('are not written through a link out of the project: %s', async (path, store) => {
    const outside = join(folder, 'outside');
    mkdirSync(join(project, dirname(path)), { recursive: true });
    for (const isThere of [false, true]) {
      if (isThere) mkdirSync(outside);
      symlinkSync(outside, join(project, path));
      const { status, stderr } = await publish(store, '--resource-url', url);
      expect([status, stderr.split(' ')[0]]).toEqual([2, 'LEADS_OUTSIDE']);
      expect(existsSync(outside) && readdirSync(outside)).toEqual(isThere && []);
      rmSync(join(project, path));
    }
    rmSync(outside, { recursive: true });
  });

  it.each<[string, string, (place: string) => void, string]>([
    ['a folder', 'server.json', mkdirSync, 'CANNOT_READ'],
    ['a file', 'submission', (place) => writeFileSync(place, ''), 'CANNOT_WRITE'],
  ])('cannot replace %s called %s', async (_, path, obstruct, code) => {
    obstruct(join(project, path));
    for (const store of path === 'submission' ? ['claude', 'chatgpt'] : ['registry']) {
      const { status, stderr } = await publish(store, '--resource-url', url);
      expect([status, stderr.split(' ')[0]]).toEqual([2, code]);
    }
  });
});

describe('publish --store chatgpt', () => {
  const place = 'submission/chatgpt-app-submission.json';

  it('justifies each hint, and has five positive and three negative cases', async () => {
    expect(await publish('chatgpt')).toMatchObject({ status: 0 });
    const { tools = {}, test_cases, negative_test_cases, ...rest } = read(place);
    expect(rest).toMatchObject({ schema_version: 1, app_info: { display_name: 'Petstore' } });
    expect(Object.keys(tools)).toEqual(['create_pet', 'delete_pet', 'get_pet_by_id', 'list_pets']);
    expect(tools['delete_pet']).toEqual({
      annotations: { readOnlyHint: false, openWorldHint: false, destructiveHint: true },
      justifications: {
        read_only_justification: expect.stringContaining(
          'DELETE /pets/{petId} to Petstore',
        ) as string,
        open_world_justification: expect.stringContaining('stay inside Petstore') as string,
        destructive_justification: expect.stringContaining('removes something') as string,
      },
    });
    expect(test_cases).toHaveLength(5);
    expect(negative_test_cases).toHaveLength(3);
  });

  it('keeps manual edits at a second run, until the hint changes', async () => {
    await publish('chatgpt');
    const words = 'Deletes one pet for good, after a confirmation.';
    edit(place, (text) => {
      const submission = JSON.parse(text) as {
        tools: Record<
          string,
          { annotations: Record<string, boolean>; justifications: Record<string, string> }
        >;
      };
      const { delete_pet: tool, list_pets: other } = submission.tools;
      if (tool === undefined || other === undefined) throw new Error('A tool is missing.');
      tool.justifications['destructive_justification'] = words;
      other.annotations['openWorldHint'] = true;
      other.justifications['open_world_justification'] = 'Reaches everybody.';
      return JSON.stringify({ ...submission, app_info: { category: 'LIFESTYLE' } });
    });
    edit('submission/test-cases.json', (text) =>
      text.replace('Will it rain tomorrow?', 'Is it hot?'),
    );
    await publish('chatgpt');
    const text = readFileSync(join(project, place), 'utf8');
    expect(text).toContain(words);
    expect(text).toContain('LIFESTYLE');
    expect(text).toContain('Is it hot?');
    expect(text).not.toContain('Reaches everybody.');
    const { stdout } = await publish('chatgpt');
    expect(stdout).toMatch(/^Unchanged:/);
  });

  it('tries its eight cases on the server of dev, and reports a wrong one', async () => {
    const server = await startDev();
    const right = await publish('chatgpt', '--server', server);
    expect(right.stdout.match(/^ {2}pass /gm)).toHaveLength(8);
    expect(right.status).toBe(0);
    edit('submission/test-cases.json', (text) =>
      text.replace('"tool": "list_pets"', '"tool": "find_pets"').replace('"weather",', '"pet",'),
    );
    const wrong = await publish('chatgpt', '--server', server);
    expect(wrong.status).toBe(1);
    expect(wrong.stdout.match(/^ {2}pass /gm)).toHaveLength(6);
    expect(wrong.stdout).toContain('There is no tool find_pets.');
    expect(wrong.stdout).toContain('A tool is about "pet", so it might be called.');
  });

  it('reports the faults in an edited file', async () => {
    await publish('chatgpt');
    edit('submission/test-cases.json', (text) => text.replaceAll('user_prompt', 'prompt'));
    const { status, stderr } = await publish('chatgpt');
    expect(status).toBe(2);
    expect(stderr).toContain('BROKEN_SUBMISSION');
    rmSync(join(project, 'submission'), { recursive: true });
    await publish('chatgpt');
    edit('submission/test-cases.json', (text) => text.replace('"weather",', '1,'));
    expect((await publish('chatgpt')).stderr).toContain('A negative case needs');
  });
});

describe('publish --store claude', () => {
  const page = () => readFileSync(join(project, 'submission/claude.md'), 'utf8');

  it('writes a page of answers, keeps them, and counts the missing ones', async () => {
    const first = await publish('claude', '--resource-url', url);
    expect(first.stdout).toContain('7 answers missing');
    expect(page()).toContain('- `delete_pet`: Remove a pet (destructive)');
    edit('submission/claude.md', (text) =>
      text
        .replace(/(?<=## Tagline\n\n).*/, 'All your pets.')
        .replace('(destructive)', '(harmless)'),
    );
    const second = await publish('claude', '--resource-url', url);
    expect(second.stdout).toContain('6 answers missing');
    expect(page()).toContain('## Tagline\n\nAll your pets.\n');
    expect(page()).toContain('- `delete_pet`: Remove a pet (destructive)');
  });
});

describe('the cases of an API', () => {
  it('omit the subject of the API itself', () => {
    const { api } = planPaths({ '/forecasts': { get: { summary: 'Get the weather' } } });
    const { positive, negative } = casesOf(api);
    expect(positive.map(({ tool }) => tool)).toEqual(Array(5).fill('get_forecasts'));
    expect(negative).toHaveLength(3);
    expect(negative.map(({ user_prompt: prompt }) => prompt)).not.toContain(
      'Will it rain tomorrow?',
    );
  });
});
