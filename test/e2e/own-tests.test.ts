import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOwnTests } from '../support/own-tests.js';
import { buildProject, bundle, compile, type Project } from '../support/project.js';

const verified = 'jwtVerify(token, keys.resolve, options)';
const unverified =
  "Promise.resolve({ payload: JSON.parse(atob(token.split('.')[1])), protectedHeader: {} })";

/** What a test of a generated project is called, and a fault in the runtime that it must notice. */
const faults: readonly (readonly [test: string, file: string, from: string, to: string])[] = [
  [
    'lists exactly the tools that main.ts serves',
    'mcp',
    'createLists(listed, info)',
    'createLists(listed.slice(1), info)',
  ],
  [
    'refuses other hosts and origins',
    'steps',
    '({ request }) => refuseHost(request, settings),',
    '',
  ],
  ['refuses other hosts and origins', 'steps', 'origin(settings),', ''],
  ['asks the API as its document says', 'upstream/request', 'frame.basePath + filled', 'filled'],
  ['says where tokens come from', 'oauth/metadata', 'resource: url,', "resource: url + '/',"],
  ['asks for a token', 'oauth/gate', 'header({ scope, ...metadata })', 'header({ scope })'],
  [
    'refuses an expired token',
    'oauth/jwt',
    'clockTolerance, requiredClaims }',
    'clockTolerance: 1e9, requiredClaims }',
  ],
  [
    'refuses a token without an end',
    'oauth/jwt',
    "requiredClaims = ['iss', 'exp']",
    "requiredClaims = ['iss']",
  ],
  [
    'refuses a token for another server',
    'oauth/token',
    'if (wrong !== undefined) return wrong;',
    '',
  ],
  ['refuses a token of another issuer', 'oauth/jwt', 'issuer: [...issuers],', ''],
  ...['of an unknown key', 'with a forged signature', 'without a signature'].map(
    (kind) => [`refuses a token ${kind}`, 'oauth/jwt', verified, unverified] as const,
  ),
  ['refuses an ID token', 'oauth/token', 'atHash !== undefined || ', ''],
  ['lets nobody call create_todo', 'oauth/gate', 'refused.length === 0 ?', 'true ?'],
];

describe('the tests in a generated project', () => {
  let project: Project;
  beforeAll(async () => {
    project = await buildProject('own-tests', {
      source: 'fixtures/todo/input.yaml',
      args: ['--oauth-server', 'https://auth.example.com'],
    });
  });
  afterAll(() => project.remove());

  it.each(faults)('“%s” notices a fault in %s.ts: %s', async (name, module, from, to) => {
    const path = join(project.folder, 'src/runtime', `${module}.ts`);
    const sound = await readFile(path, 'utf8');
    expect(sound.split(from)).toHaveLength(2);
    await writeFile(
      path,
      sound.replace(from, () => to),
    );
    await bundle(project.folder);
    try {
      const { failed, output } = await runOwnTests(project.folder);
      expect(failed.join('\n'), output).toContain(name);
    } finally {
      await writeFile(path, sound);
    }
  });

  it('pass when main.ts hides, renames and adds tools', async () => {
    const path = join(project.folder, 'src/main.ts');
    const sound = await readFile(path, 'utf8');
    const custom = sound
      .replace(
        "{ api } from './generated/api.js'",
        "{ api as generated } from './generated/api.js'",
      )
      .replace(
        'const audit =',
        `const fewer = hideTool(changeTool(generated, 'list_todos', { name: 'todos' }), 'create_todo');
const api = addTool(fewer, {
  name: 'server_time',
  description: 'The time.',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  inputSchema: { type: 'object' },
  scopes: [['clock']],
});
const audit =`,
      )
      .replace(
        'import { announce',
        "import { addTool, changeTool, hideTool } from './runtime/customize.js';\nimport { announce",
      );
    expect(custom).not.toBe(sound);
    await writeFile(path, custom);
    try {
      await compile(project.folder);
      const { passed, failed, output } = await runOwnTests(project.folder);
      expect(failed, output).toEqual([]);
      expect(passed).toContain('lists exactly the tools that main.ts serves');
      expect(passed.join('\n')).toMatch(/lets nobody call (?!create_todo|list_todos)/);
    } finally {
      await writeFile(path, sound);
      await compile(project.folder);
    }
  });
});
