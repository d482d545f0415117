import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { storePath } from '../../src/commands/call/store.js';
import { toOptions } from '../../src/project/flags.js';
import { dataFolder } from '../../src/project/folders.js';
import { readToken } from '../../src/project/given.js';
import { clientNames, clientOf, placesOf } from '../../src/project/local-clients.js';
import { Terminal } from '../../src/print/terminal.js';
import { run, Sink } from '../support/command-line.js';

const names = [
  ...['OPENAPI_TO_MCP_CONFIG_DIR', 'OPENAPI_TO_MCP_DATA_DIR', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME'],
  ...['HOME', 'USERPROFILE', 'APPDATA', 'XDG_CONFIG_HOME'],
];

it.each(['linux', 'darwin', 'win32'] as const)(
  'a variable that is set but empty never means the current folder (%s)',
  (platform) => {
    const env = Object.fromEntries(names.map((name) => [name, '']));
    const places = placesOf(env, platform);
    const clients = clientNames.map(clientOf);
    const files = clients.flatMap(({ file, traces }) => [file(places), ...traces(places)]);
    const relative = [storePath(env), dataFolder(env), ...files].filter((one) => !isAbsolute(one));
    expect(relative).toEqual([]);
  },
);

afterEach(() => vi.unstubAllEnvs());

it('~ is the home folder in every option with a path: shells do not expand it after a =', async () => {
  const home = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-home-'));
  vi.stubEnv('HOME', home);
  await writeFile(join(home, 'token.txt'), 'abc\n');
  const terminal = new Terminal({ stdout: new Sink(), stderr: new Sink() }, false);
  expect(await readToken('~/token.txt', terminal)).toBe('abc');
  const { overlays } = toOptions({ url: 'a.yaml', overlay: ['~/b.yaml'] }, terminal);
  expect(overlays).toEqual([join(home, 'b.yaml')]);
  for (const command of [['doctor'], ['publish', '--store', 'chatgpt']]) {
    const { stderr } = await run([...command, '--project=~/none']);
    expect(stderr).toContain(`NO_PROJECT at ${join(home, 'none')}`);
  }
  await rm(home, { recursive: true });
});
