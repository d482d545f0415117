import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { flagKinds } from '../../src/lock/flags.js';
import { readProject } from '../../src/diff/read-project.js';
import { parseLock } from '../../src/lock/lock.js';
import { createVerifier } from '../../templates/src/runtime/oauth/verifier.js';
import { serveHttp } from '../../templates/src/runtime/serve.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { run } from '../support/command-line.js';
import { freePort } from '../support/http.js';
import { makePlace, type Place } from './pets.js';

const oauth = ['--oauth-server', 'https://a.example'];
const guarded = { 'oauth-server': 'https://a.example' };
const lists = ['--include', 'tag:pets', '--include', 'tag:owners'];
const overlays = ['--overlay', 'one.json', '--overlay', 'two.json'];

interface Row {
  readonly recorded: readonly string[];
  readonly given: readonly string[];
  /** The options that the lock then records, besides the document. */
  readonly options: object;
}

const row = (recorded: string[], given: string[], options: object): Row => ({
  recorded,
  given,
  options,
});

/** Every option: kept, replaced, removed, and new. */
const rows: Readonly<Record<keyof typeof flagKinds, readonly Row[]>> = {
  url: [
    row(oauth, [], guarded),
    row(oauth, ['--url', 'other.json'], { ...guarded, url: '../other.json' }),
  ],
  name: [
    row([...oauth, '--name', 'zoo'], [], { ...guarded, name: 'zoo' }),
    row([...oauth, '--name', 'zoo'], ['--name', 'park'], { ...guarded, name: 'park' }),
    row([...oauth, '--name', 'zoo'], ['--no-name'], guarded),
    row(oauth, ['--name', 'zoo'], { ...guarded, name: 'zoo' }),
  ],
  auth: [
    row(['--auth', 'oauth2'], [], { auth: 'oauth2' }),
    row(['--auth', 'oauth2'], ['--auth', 'none'], { auth: 'none' }),
    row(oauth, ['--auth', 'none'], { auth: 'none' }),
    row(['--auth', 'none'], [], { auth: 'none' }),
    row(['--auth', 'none'], ['--auth', 'oauth2'], { auth: 'oauth2' }),
    row(['--auth', 'none'], oauth, guarded),
    row(['--auth', 'oauth2', ...oauth], ['--scopes', 'none'], {
      ...guarded,
      auth: 'oauth2',
      scopes: 'none',
    }),
  ],
  target: [
    row([...oauth, '--target', 'workers'], [], { ...guarded, target: 'workers' }),
    row([...oauth, '--target', 'node'], [], { ...guarded, target: 'node' }),
    row(oauth, ['--target', 'node'], { ...guarded, target: 'node' }),
  ],
  'oauth-server': [
    row(oauth, ['--oauth-server', 'https://b.example'], { 'oauth-server': 'https://b.example' }),
    row([], oauth, guarded),
    row([], [], {}),
  ],
  'resource-url': [
    row([...oauth, '--resource-url', 'https://m.example/mcp'], [], {
      ...guarded,
      'resource-url': 'https://m.example/mcp',
    }),
    row([...oauth, '--resource-url', 'https://m.example/mcp'], ['--no-resource-url'], guarded),
    row(oauth, ['--resource-url', 'https://n.example/mcp'], {
      ...guarded,
      'resource-url': 'https://n.example/mcp',
    }),
  ],
  'base-url': [
    row([...oauth, '--base-url', 'https://u.example'], [], {
      ...guarded,
      'base-url': 'https://u.example',
    }),
    row([...oauth, '--base-url', 'https://u.example'], ['--base-url', 'https://v.example'], {
      ...guarded,
      'base-url': 'https://v.example',
    }),
    row([...oauth, '--base-url', 'https://u.example'], ['--no-base-url'], guarded),
  ],
  scopes: [
    row([...oauth, '--scopes', 'method'], [], { ...guarded, scopes: 'method' }),
    row([...oauth, '--scopes', 'method'], ['--scopes', 'spec'], { ...guarded, scopes: 'spec' }),
    row(oauth, ['--scopes', 'none'], { ...guarded, scopes: 'none' }),
  ],
  tools: [
    row([...oauth, '--tools', 'search'], [], { ...guarded, tools: 'search' }),
    row([...oauth, '--tools', 'search'], ['--tools', 'all'], { ...guarded, tools: 'all' }),
    row(oauth, ['--tools', 'search'], { ...guarded, tools: 'search' }),
  ],
  icon: [
    row([...oauth, '--icon', 'https://m.example/a.png'], [], {
      ...guarded,
      icon: 'https://m.example/a.png',
    }),
    row([...oauth, '--icon', 'https://m.example/a.png'], ['--no-icon'], guarded),
  ],
  pin: [
    row([...oauth, '--pin', 'tag:pets'], [], { ...guarded, pin: ['tag:pets'] }),
    row([...oauth, '--pin', 'tag:pets'], ['--pin', 'tag:owners'], {
      ...guarded,
      pin: ['tag:owners'],
    }),
    row([...oauth, '--pin', 'tag:pets'], ['--no-pin'], guarded),
  ],
  'output-schemas': [
    row(['--output-schemas'], [], { 'output-schemas': 'all' }),
    row(['--output-schemas'], ['--output-schemas', 'none'], { 'output-schemas': 'none' }),
    row([], ['--output-schemas'], { 'output-schemas': 'all' }),
  ],
  overlay: [
    row([...oauth, ...overlays], [], { ...guarded, overlay: ['../one.json', '../two.json'] }),
    row([...oauth, ...overlays], ['--overlay', 'two.json'], {
      ...guarded,
      overlay: ['../two.json'],
    }),
    row([...oauth, ...overlays], ['--no-overlay'], guarded),
  ],
  include: [
    row([...oauth, ...lists], [], { ...guarded, include: ['tag:pets', 'tag:owners'] }),
    row([...oauth, ...lists], ['--include', 'tag:owners'], { ...guarded, include: ['tag:owners'] }),
    row([...oauth, '--include', 'tag:pets'], ['--no-include'], guarded),
    row([...oauth, ...lists], ['--no-include', '--include', 'tag:pets'], {
      ...guarded,
      include: ['tag:pets'],
    }),
  ],
  exclude: [
    row([...oauth, '--exclude', 'POST /**'], [], { ...guarded, exclude: ['POST /**'] }),
    row([...oauth, '--exclude', 'POST /**'], ['--exclude', 'tag:owners'], {
      ...guarded,
      exclude: ['tag:owners'],
    }),
    row([...oauth, '--exclude', 'POST /**'], ['--no-exclude'], guarded),
  ],
  'read-only': [
    row([...oauth, '--read-only'], [], { ...guarded, 'read-only': true }),
    row([...oauth, '--read-only'], ['--no-read-only'], guarded),
    row(oauth, ['--read-only'], { ...guarded, 'read-only': true }),
  ],
};

const here = process.cwd();
let place: Place;

beforeEach(async () => {
  place = await makePlace();
  process.chdir(place.folder);
  const info = { title: 'Overlay', version: '1' };
  for (const name of ['one', 'two']) {
    const update = { summary: `Summary ${name}`, [`x-${name}`]: true };
    const actions = [{ target: '$.paths.*.get', update }];
    await writeFile(`${name}.json`, JSON.stringify({ overlay: '1.0.0', info, actions }));
  }
  const text = await readFile('spec.json', 'utf8');
  await writeFile('other.json', text.replace('"version":"1"', '"version":"2"'));
});

afterEach(async () => {
  process.chdir(here);
  await place.remove();
});

/** The meaning of a run, in whatever order. */
async function changesOf(...argv: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await run([...argv, '--json']);
  expect([status < 2, stderr], argv.join(' ')).toEqual([true, '']);
  const { changes = [] } = JSON.parse(stdout) as { changes?: object[] };
  return changes.map((change) => JSON.stringify(change)).sort();
}

/** The status of `tools/list` without a token, from the server that the project on disk is. */
async function statusOfList(): Promise<number> {
  const api = await readProject('out');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const issuer = { OAUTH_AUTHORIZATION_SERVER: 'https://a.example' };
  const env = { PORT: String(port), MCP_RESOURCE_URL: url };
  const settings = readHttpSettings(
    api,
    api.authentication === 'oauth2' ? { ...env, ...issuer } : env,
  );
  const audit = () => undefined;
  const verifier = settings.oauth && createVerifier(settings.oauth, audit);
  const call = () => Promise.reject(new Error('Nothing is called.'));
  const running = await serveHttp({ api, audit, call, settings, verifier });
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    };
    return (await fetch(url, { method: 'POST', headers, body })).status;
  } finally {
    await running.close();
  }
}

const cases = Object.entries(rows).flatMap(([option, list]) =>
  list.map(({ recorded, given, options }) => ({
    option,
    recorded: recorded.join(' '),
    given: given.join(' '),
    argv: { recorded, given },
    options,
  })),
);

describe('an option', () => {
  it.each(cases)(
    '$option: recorded "$recorded", given "$given"',
    async ({ argv: { recorded, given }, options }) => {
      const generate = (...flags: string[]) => ['generate', '-o', 'out', ...flags];
      const before = await run(generate('--url', 'spec.json', ...recorded));
      expect(before.status).toBe(0);
      const meaning = await changesOf('diff', 'out', ...given);
      expect(await changesOf(...generate('--check', ...given))).toEqual(meaning);
      const named = given.includes('--url') ? given : ['--url', 'spec.json', ...given];
      expect(await changesOf('diff', 'out', ...named)).toEqual(meaning);
      expect(await changesOf(...generate('--check', ...named))).toEqual(meaning);
      expect(await changesOf(...generate(...named))).toEqual(meaning);

      const lock = await readFile(join('out', 'openapi-to-mcp.lock'), 'utf8');
      expect(parseLock(lock).flags).toEqual({ url: '../spec.json', ...options });
      expect((await run(generate('--check'))).status).toBe(0);
      expect(await changesOf('diff', 'out')).toEqual([]);
      expect((await run(generate())).stdout).toContain('nothing changed');

      const isOpen =
        !('oauth-server' in options) && !('auth' in options && options.auth === 'oauth2');
      expect(await statusOfList()).toBe(isOpen ? 200 : 401);
    },
  );
});
