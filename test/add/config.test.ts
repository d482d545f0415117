import { lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientOf, type ClientName } from '../../src/project/local-clients.js';
import { editBetween, entryIn, withoutServer, withServer } from '../../src/commands/add/config.js';
import { InputError } from '../../src/errors.js';
import { changeFile } from '../../src/project/private-file.js';
import { openDesk } from './desk.js';

const launch = {
  name: 'notes',
  command: '/usr/bin/node',
  args: ['/srv/it\\s "here"/main.js', '--stdio'],
};

function addTo(text: string, client: ClientName): string {
  const known = clientOf(client);
  return withServer(text, known, 'notes', known.entry(launch), 'the file');
}

function removeFrom(text: string, client: ClientName, before: string, after: string): string {
  return withoutServer(text, clientOf(client), 'notes', editBetween(before, after), 'the file');
}

const json = [
  '',
  '{}',
  '{}\n',
  '{\n}\n',
  '{ "theme": "dark" }',
  '{"mcpServers":{}}',
  '{"mcpServers":{"a":{"command":"a"}}}',
  '{\n  "mcpServers": {\n    // nothing yet\n  }\n}\n',
  '{\n  "mcpServers": { "a": { "command": "a", }, },\n}',
  '// a comment\n{\n\t"a": 1 // another\n}\n',
  '\u{FEFF}{\r\n  "mcpServers": {\r\n    "a": {}\r\n  }\r\n}\r\n',
  '{\n    "mcpServers": {\n        "a": {\n            "command": "a"\n        }\n    },\n    "z": [1, 2]\n}',
];

const toml = [
  '',
  'model = "x"',
  '# a comment\r\n[mcp_servers.a]\r\ncommand = "a"\r\n',
  '[mcp_servers."a.b"]\ncommand = "a"\n\n[mcp_servers."a.b".env]\nA = "1"\n',
  '[[hooks]]\nat = 1979-05-27T07:32:00Z\n',
  '\u{FEFF}model = "x"\n',
];

describe.each([
  ['cursor' as const, json],
  ['codex' as const, toml],
])('the configuration of %s', (client, texts) => {
  it.each(texts)(
    'gets the entry, keeps everything else, and is restored without it: %j',
    (text) => {
      const after = addTo(text, client);
      expect(entryIn(after, clientOf(client), 'notes', '')).toMatchObject({ args: launch.args });
      expect(removeFrom(after, client, text, after)).toBe(text);
    },
  );

  it.each(texts)('loses only the entry if its program has rewritten the file: %j', (text) => {
    const after = addTo(text, client);
    const rewritten =
      client === 'codex'
        ? after.replace(/^command = "\/usr/m, 'enabled = true\ncommand = "/usr')
        : JSON.stringify({ ...(JSON.parse(JSON.stringify(parsed(after))) as object), seen: 1 });
    const back = removeFrom(rewritten, client, text, after);
    expect(entryIn(back, clientOf(client), 'notes', '')).toBeUndefined();
    if (client === 'cursor') expect(back).toContain('"seen":1');
  });
});

function parsed(text: string): unknown {
  const known = clientOf('cursor');
  const entry = entryIn(text, known, 'notes', '');
  return { mcpServers: { notes: entry, other: { command: 'other' } } };
}

describe('comments', () => {
  it('stay on their lines', () => {
    const text = '// first\n{\n\t"a": 1, /* two */\n\t"b": { "c": 1 } // three\n\t// four\n}\n';
    const after = addTo(text, 'cursor');
    for (const line of ['// first\n', '"a": 1, /* two */\n', '"b": { "c": 1 }, // three\n'])
      expect(after).toContain(line);
    expect(after.endsWith('\t}\n\t// four\n}\n')).toBe(true);
    expect(removeFrom(after, 'cursor', text, after)).toBe(text);
  });

  it.each([
    '{\n  "mcpServers": {\n    "a": { "command": "a" } } // one\n}\n// two\n',
    '{ "mcpServers": {\n  "a": {} }, "b": 1,\n  // three\n  "c": 2 }\n',
  ])('stay behind an object that ends on the line of its last member: %j', (text) => {
    const after = addTo(text, 'cursor');
    expect(entryIn(after, clientOf('cursor'), 'notes', '')).toBeDefined();
    expect(after.split(/(?=\/\/)/).slice(1)).toEqual(text.split(/(?=\/\/)/).slice(1));
    expect(removeFrom(after, 'cursor', text, after)).toBe(text);
  });
});

describe('a configuration that is not as expected', () => {
  const cases: [string, ClientName, string, string][] = [
    ['broken JSON', 'cursor', '{ "mcpServers": ', 'BROKEN_CONFIG'],
    ['no object', 'cursor', '[]', 'BROKEN_CONFIG'],
    ['servers in a list', 'cursor', '{ "mcpServers": [] }', 'BROKEN_CONFIG'],
    ['broken TOML', 'codex', 'model = \n', 'BROKEN_CONFIG'],
    [
      'servers in an inline table',
      'codex',
      'mcp_servers = { a = { command = "a" } }\n',
      'UNUSUAL_CONFIG',
    ],
  ];

  it.each(cases)('is not changed: %s', (_, client, text, code) => {
    expect(() => addTo(text, client)).toThrow(InputError);
    expect(() => addTo(text, client)).toThrow(code);
  });
});

describe('changeFile', () => {
  it('writes through a link, and loses no change that another program makes meanwhile', async () => {
    const desk = await openDesk();
    const [link, real] = [join(desk.home, 'link.json'), join(desk.home, 'dotfiles/real.json')];
    await mkdir(join(desk.home, 'dotfiles'));
    await writeFile(real, 'one');
    await symlink(real, link);
    const { writeFileSync } = await import('node:fs');
    let calls = 0;
    await changeFile(link, (text = '') => {
      calls += 1;
      if (calls === 1) writeFileSync(real, 'two');
      return `${text} and ours`;
    });
    expect(await readFile(real, 'utf8')).toBe('two and ours');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    await desk.remove();
  });
});
