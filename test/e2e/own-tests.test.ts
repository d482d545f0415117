import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOwnTests } from '../support/own-tests.js';
import { buildProject, bundle, compile, type Project } from '../support/project.js';

const verified = 'jwtVerify(token, keys.resolve, options)';
const unverified =
  "Promise.resolve({ payload: JSON.parse(atob(token.split('.')[1])), protectedHeader: {} })";

/** The name of a test in a generated project, and a fault in the runtime that it must notice. */
type Fault = readonly [test: string, file: string, from: string, to: string];

const faults: readonly Fault[] = [
  [
    'lists exactly the tools that main.ts serves',
    'mcp',
    'createLists(listed, info)',
    'createLists(() => listed().slice(1), info)',
  ],
  ['refuses other hosts and origins', 'answer', 'step.host(settings),', ''],
  ['refuses other hosts and origins', 'answer', 'step.origin(settings),', ''],
  [
    'calls the API as its document describes',
    'upstream/request',
    'frame.basePath + filled',
    'filled',
  ],
  [
    'serves its metadata at both well-known paths',
    'oauth/metadata',
    'resource: url,',
    "resource: url + '/',",
  ],
  ['requires a token', 'oauth/gate', 'header({ scope, ...metadata })', 'header({ scope })'],
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
    'return audienceFault(claims, settings) ?? issuedFault',
    'return issuedFault',
  ],
  ['refuses a token of another issuer', 'oauth/jwt', 'issuer: [...issuers],', ''],
  ...['with an unknown key', 'with a forged signature', 'without a signature'].map(
    (kind) => [`refuses a token ${kind}`, 'oauth/jwt', verified, unverified] as const,
  ),
  ['refuses an ID token', 'oauth/token', 'atHash !== undefined || ', ''],
  ['refuses create_todo', 'oauth/gate', 'refused.length === 0 ||', 'true ||'],
];

const searchFaults: readonly Fault[] = [
  [
    'lists exactly the tools that main.ts serves',
    'operations/offer',
    'listed: [...meta, ...pinned]',
    'listed: meta',
  ],
  [
    'get_order calls the API as its document describes',
    'operations/offer',
    'if (!metaNames.has(name)) return direct.get(name);',
    'if (!metaNames.has(name)) return undefined;',
  ],
  [
    'never calls create_order through the tool that only reads',
    'operations/offer',
    'name === (isRead(tool) ? names.read : names.write)',
    'name !== names.find',
  ],
  [
    'refuses create_order without its scope',
    'operations/offer',
    'operationOf: (name, args) => named(name, args)?.name',
    'operationOf: (name) => name',
  ],
];

/** Puts a fault into a project, and expects one of its own tests to fail. */
async function expectNotice({ folder }: Project, [name, module, from, to]: Fault): Promise<void> {
  const path = join(folder, 'src/runtime', `${module}.ts`);
  const sound = await readFile(path, 'utf8');
  expect(sound.split(from)).toHaveLength(2);
  await writeFile(
    path,
    sound.replace(from, () => to),
  );
  await bundle(folder);
  try {
    const { failed, output } = await runOwnTests(folder);
    expect(failed.join('\n'), output).toContain(name);
  } finally {
    await writeFile(path, sound);
  }
}

/** Replaces texts of `main.ts`, and resolves to the results of the project's tests. */
async function withMain({ folder }: Project, edits: readonly (readonly [string, string])[]) {
  const path = join(folder, 'src/main.ts');
  const sound = await readFile(path, 'utf8');
  const custom = edits.reduce((text, [from, to]) => {
    expect(text.split(from)).toHaveLength(2);
    return text.replace(from, () => to);
  }, sound);
  await writeFile(path, custom);
  try {
    await compile(folder);
    return await runOwnTests(folder);
  } finally {
    await writeFile(path, sound);
    await compile(folder);
  }
}

const generatedApi = [
  "{ api } from './generated/api.js'",
  "{ api as generated } from './generated/api.js'",
] as const;
const importing = (names: string) =>
  [
    'import { announce',
    `import { ${names} } from './runtime/customize.js';\nimport { announce`,
  ] as const;

describe('the tests in a generated project', () => {
  let project: Project;
  beforeAll(async () => {
    project = await buildProject('own-tests', {
      source: 'fixtures/todo/input.yaml',
      args: ['--oauth-server', 'https://auth.example.com'],
    });
  });
  afterAll(() => project.remove());

  it.each(faults)('“%s” notices a fault in %s.ts: %s', (...fault) => expectNotice(project, fault));

  it('pass whatever .env contains', async () => {
    const settings = ['UPSTREAM_CLIENT_ID=me', 'OAUTH_AUDIENCE=https://other.example', 'HOST=::1'];
    await writeFile(join(project.folder, '.env'), settings.join('\n'));
    await bundle(project.folder);
    const { passed, failed, output } = await runOwnTests(project.folder);
    await rm(join(project.folder, '.env'));
    expect(failed, output).toEqual([]);
    expect(passed).toContain('lists exactly the tools that main.ts serves');
  });

  it('pass when main.ts hides, renames and adds tools', async () => {
    const { passed, failed, output } = await withMain(project, [
      generatedApi,
      importing('addTool, changeTool, hideTool'),
      [
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
      ],
    ]);
    expect(failed, output).toEqual([]);
    expect(passed).toContain('lists exactly the tools that main.ts serves');
    expect(passed.join('\n')).toMatch(/refuses (?!create_todo|list_todos)/);
  });
});

describe('the tests in a project of --tools search', () => {
  const search = ['--tools', 'search', '--pin', 'GET /orders/{id}'];
  let project: Project;
  beforeAll(async () => {
    project = await buildProject('own-tests-search', {
      source: 'fixtures/search-mode/input.yaml',
      args: ['--oauth-server', 'https://auth.example.com', ...search],
    });
  });
  afterAll(() => project.remove());

  it.each(searchFaults)('“%s” notices a fault in %s.ts: %s', (...fault) =>
    expectNotice(project, fault),
  );

  it('pass when main.ts hides operations, and names the three tools', async () => {
    const { passed, failed, output } = await withMain(project, [
      generatedApi,
      importing('hideTool'),
      [
        'const audit =',
        `const searchTools = { find: 'look', read: 'get', write: 'set' };
const api = { ...hideTool(generated, 'create_order'), searchTools };
const audit =`,
      ],
    ]);
    expect(failed, output).toEqual([]);
    expect(passed).toContain('never calls delete_order through the tool that only reads');
    expect(passed).toContain('refuses delete_order without its scope');
  });

  it('pass when main.ts offers each operation as a tool', async () => {
    const { passed, failed, output } = await withMain(project, [
      generatedApi,
      ['const audit =', "const api = { ...generated, toolMode: 'all' as const };\nconst audit ="],
    ]);
    expect(failed, output).toEqual([]);
    expect(passed).toContain('refuses create_order without its scope');
  });
});
