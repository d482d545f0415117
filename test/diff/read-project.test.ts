import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareApis } from '../../src/diff/compare-apis.js';
import { readProject } from '../../src/diff/read-project.js';
import { generatedFiles } from '../../src/emit/generated.js';
import { InputError } from '../../src/errors.js';
import type { JsonObject } from '../../src/json.js';
import { plan } from '../../src/plan/plan.js';
import type { Plan } from '../../src/plan/types.js';
import { documentOf } from '../plan/helpers.js';
import { listFixtures, planOf, root } from '../support/fixtures.js';
import { base } from './documents.js';

describe.each(listFixtures().filter(({ fails }) => !fails))('fixtures/$name', (fixture) => {
  it('is read as it was planned', async () => {
    const { api } = await planOf(fixture);
    const read = await readProject(join(fixture.folder, 'expected'));
    expect(read).toEqual(api);
    expect(compareApis(read, api)).toEqual([]);
  });
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-project-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(planned: Plan): Promise<void> {
  await cp(join(root, 'fixtures/todo/expected/src'), join(folder, 'src'), { recursive: true });
  for (const { path, content } of generatedFiles(planned))
    await writeFile(join(folder, path), content);
}

describe('a project', () => {
  it('of more tools than are imported at once is read and compared', async () => {
    const paths = Object.fromEntries(
      Array.from({ length: 1100 }, (_, index) => [
        `/things${index}`,
        (base['paths'] as Record<string, JsonObject>)['/pets'] as JsonObject,
      ]),
    );
    const before = plan(documentOf({ ...base, paths }));
    await write(before);
    const after = plan(documentOf({ ...base, paths: { ...paths, '/things7': {} } }));
    const changes = compareApis(await readProject(folder), after.api);
    expect(changes.map(({ code }) => code)).toEqual(['TOOL_REMOVED', 'TOOL_REMOVED']);
  });
});

/** A file of the project, a replacement in it, and the expected message. */
type Edit = readonly [
  title: string,
  path: string,
  from: string | RegExp,
  to: string,
  place: string,
  reason: string,
];

const tool = 'tools/delete-todo.ts';

const edits: Edit[] = [
  ['a call', tool, "'delete_todo'", 'name()', `${tool}:5`, 'an expression that is not a literal'],
  ['a spread', tool, /name: .*/, '...other,', `${tool}:5`, 'an expression that is not a literal'],
  [
    'a template',
    tool,
    "'delete_todo'",
    '`${x}`',
    `${tool}:5`,
    'an expression that is not a literal',
  ],
  [
    'a name',
    tool,
    "'delete_todo'",
    'undefined',
    `${tool}:5`,
    'an expression that is not a literal',
  ],
  ['arithmetic', tool, "'delete_todo'", '+1', `${tool}:5`, 'an expression that is not a literal'],
  ['a method', tool, /name: .*/, 'name() {},', `${tool}:5`, 'an expression that is not a literal'],
  [
    'another prototype',
    tool,
    /name: .*/,
    "__proto__: { name: 'x' },",
    `${tool}:5`,
    'an expression that is not a literal',
  ],
  ['a member twice', tool, /name: .*/, "name: 'a', name: 'b',", tool, 'a duplicate member'],
  ['a member of the wrong kind', tool, "'delete_todo'", '7', `${tool}:1`, '"deleteTodo.name"'],
  [
    'a member of a later version',
    tool,
    /name: .*/,
    "$&\nicon: 'x',",
    `${tool}:1`,
    '"deleteTodo.icon"',
  ],
  [
    'no annotation',
    tool,
    /readOnlyHint: .*/,
    '',
    `${tool}:1`,
    '"deleteTodo.annotations.readOnlyHint"',
  ],
  [
    'security of the wrong kind',
    tool,
    "['todo.write']",
    "'todo.write'",
    `${tool}:1`,
    '"deleteTodo.request.security[0].oauth"',
  ],
  ['a statement', tool, 'export const', 'launch();\nexport const', `${tool}:4`, 'a statement'],
  ['a second constant', tool, /$/, 'export const other = 1;', tool, 'a second constant'],
  ['a variable', tool, 'export const', 'export let', tool, 'a declaration'],
  ['no export', tool, 'export const', 'const', tool, 'a statement'],
  ['another constant', tool, 'deleteTodo', 'removeTodo', tool, '"removeTodo"'],
  ['no constant', tool, /export const[^]*/, '', tool, 'no constant'],
  [
    'a missing colon',
    tool,
    "name: '",
    "name '",
    `${tool}:5`,
    'an expression that is not a literal',
  ],
  ['endless nesting', tool, "'delete_todo'", '['.repeat(1e5) + ']'.repeat(1e5), tool, 'nesting'],
  [
    'a default import',
    'api.ts',
    'import { createTodo }',
    'import createTodo',
    'api.ts',
    'an import',
  ],
  ['an import for its effects', 'api.ts', /$/, "import './x.js';", 'api.ts', 'an import'],
  [
    'an import under another name',
    'api.ts',
    '{ createTodo }',
    '{ createTodo as x }',
    'api.ts',
    'an import under another name',
  ],
  [
    'an import from elsewhere',
    'api.ts',
    './tools/create-todo.js',
    '../../../../etc/passwd.js',
    'api.ts',
    'an import of "../../../../etc/passwd.js"',
  ],
  [
    'an import from further up',
    'api.ts',
    './tools/create-todo.js',
    './tools/../../x.js',
    'api.ts',
    'an import of "./tools/../../x.js"',
  ],
  [
    'another list of tools',
    'api.ts',
    '../runtime/api.js',
    '../runtime/../list.js',
    'api.ts',
    'an import of "../runtime/../list.js"',
  ],
  [
    'a tool without a file',
    'api.ts',
    'create-todo.js',
    'none.js',
    'tools/none.ts',
    'the file is missing',
  ],
  ['a tool twice', 'api.ts', 'deleteTodo,', '$& deleteTodo,', 'api.ts', 'a duplicate tool'],
  [
    'null for an object',
    tool,
    /annotations: {[^}]*}/,
    'annotations: null',
    `${tool}:1`,
    '"deleteTodo.annotations"',
  ],
  [
    'a list for an object',
    tool,
    /annotations: {[^}]*}/,
    'annotations: []',
    `${tool}:1`,
    '"deleteTodo.annotations"',
  ],
  [
    'a tool that is none',
    'api.ts',
    'toolList(',
    'toolList(scopes,',
    'api.ts',
    '"api.tools[0].create_todo"',
  ],
  ['a tool without scopes', 'scopes.ts', /delete_todo: .*/, '', 'api.ts', 'a tool without scopes'],
  [
    'scopes of the wrong kind',
    'scopes.ts',
    "[['todo.write']]",
    '[7]',
    'scopes.ts',
    '"scopes.create_todo[0]"',
  ],
  ['another authentication', 'api.ts', "'oauth2'", "'basic'", 'api.ts', '"api.authentication"'],
];

describe('a project that is not as this version prints it', () => {
  const edit = async (path: string, from: string | RegExp, to: string) => {
    const file = join(folder, 'src/generated', path);
    const content = await readFile(file, 'utf8');
    const edited = content.replace(from, to);
    expect(edited).not.toBe(content);
    await writeFile(file, edited);
  };
  const problemsOf = async () => {
    const error: unknown = await readProject(folder).catch((reason: unknown) => reason);
    if (!(error instanceof InputError)) throw error;
    return error.problems;
  };

  beforeEach(() =>
    cp(join(root, 'fixtures/todo/expected/src'), join(folder, 'src'), { recursive: true }),
  );

  it.each(edits)('%s', async (_, path, from, to, place, reason) => {
    await edit(path, from, to);
    const problems = await problemsOf();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.code).toBe('UNREADABLE_PROJECT');
    expect(`${problems[0]?.place ?? ''}:`).toContain(`src/generated/${place}:`);
    expect(problems[0]?.message).toContain(reason);
    expect(problems[0]?.remedy).toContain('--force');
  });

  it('reports several files at once, but not too many', async () => {
    const { tools } = await readProject(folder);
    for (const { name } of tools)
      await edit(`tools/${name.replaceAll('_', '-')}.ts`, /name: '.*'/, 'name: 7');
    expect((await problemsOf()).map(({ place }) => place)).toHaveLength(tools.length);
  });

  it('has to be there', async () => {
    await rm(join(folder, 'src'), { recursive: true });
    expect((await problemsOf()).map(({ code }) => code)).toEqual(['NO_PROJECT']);
  });

  it('accepts files of an earlier version, and types of any kind', async () => {
    const before = await readProject(folder);
    await edit(tool, 'deleteTodo', 'deleteTodo: Tool');
    await edit(tool, /} as const satisfies Tool;/, '};\nexport type X = typeof deleteTodo;');
    await edit('api.ts', 'toolList(', '[');
    await edit('api.ts', /\),\n};/, '],\n};');
    expect(await readProject(folder)).toEqual(before);
  });
});
