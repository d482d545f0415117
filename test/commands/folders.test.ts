import { isAbsolute } from 'node:path';
import { expect, it } from 'vitest';
import { storePath } from '../../src/commands/call/store.js';
import { dataFolder } from '../../src/project/folders.js';
import { clientNames, clientOf, placesOf } from '../../src/project/local-clients.js';

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
