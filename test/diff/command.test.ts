import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import { formatChanges, formatMarkdown } from '../../src/print/changes.js';
import type { Change } from '../../src/diff/change.js';
import { format } from 'prettier';
import type { JsonObject } from '../../src/json.js';
import { markdownNodes } from '../emit/markdown-nodes.js';
import { listen, systemError, type Operation } from '../support/faults.js';
import { base, changesBetween, patched } from './documents.js';

let folder: string;
let spec: string;
let project: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'diff-'));
  [spec, project] = [join(folder, 'spec.json'), join(folder, 'project')];
  await write(base);
  const flags = ['--name', 'animals', '--oauth-server', 'https://auth.example.com'];
  const { status } = await run('generate', '-u', spec, '-o', project, ...flags);
  expect(status).toBe(0);
});

beforeEach(() => write(base));

afterAll(() => rm(folder, { recursive: true, force: true }));

const write = (document: object) => writeFile(spec, JSON.stringify(document));
const change = (patch: JsonObject) => write(patched(base, patch) as JsonObject);
const diff = (...flags: string[]) => run('diff', '--url', spec, project, ...flags);

async function run(...argv: string[]) {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof texts) =>
    new Writable({
      write(chunk: Buffer, _, done) {
        texts[name] += chunk.toString();
        done();
      },
    });
  const status = await main(argv, { stdout: sink('stdout'), stderr: sink('stderr') });
  return { status, ...texts };
}

const breaking = { paths: { '/pets': { get: { operationId: 'find_pets' } } } };
const security = { servers: [{ url: 'https://api.example.org' }] };
const compatible = { paths: { '/owners': { get: { operationId: 'list_owners' } } } };

describe('diff', () => {
  it('reports that there are no differences', async () => {
    expect(await diff()).toEqual({ status: 0, stdout: 'No differences.\n', stderr: '' });
    expect((await diff('--format', 'markdown')).stdout).toBe('No differences.\n');
    expect(JSON.parse((await diff('--json')).stdout)).toMatchObject({ ok: true, changes: [] });
  });

  it('prints a table, the gravest first, and how many there are', async () => {
    await change({ ...compatible, ...security, paths: { ...compatible.paths, ...breaking.paths } });
    expect(await diff()).toEqual({
      status: 0,
      stderr: '',
      stdout: [
        'SEVERITY    TOOL         REQUEST      CHANGE',
        'breaking    list_pets    GET /pets    The tool is now called find_pets.',
        "security    -            -            The API's base URL is https://api.example.org instead of https://api.example.com/v1.",
        'compatible  list_owners  GET /owners  New tool; it needs no scope.',
        '',
        '3 changes: 1 breaking, 1 security, 1 compatible.',
        '',
      ].join('\n'),
    });
  });

  it('prints Markdown', async () => {
    await change({ ...security, paths: breaking.paths });
    const { stdout } = await diff('--format', 'markdown');
    expect(stdout).toBe(
      [
        '2 changes: 1 breaking, 1 security, 0 compatible.',
        '',
        '### Breaking',
        '',
        '| Tool | Request | Change |',
        '| --- | --- | --- |',
        '| `list_pets` | `GET /pets` | The tool is now called find\\_pets. |',
        '',
        '### Security',
        '',
        '| Tool | Request | Change |',
        '| --- | --- | --- |',
        "|  |  | The API's base URL is https:\\//api.example.org instead of https:\\//api.example.com/v1. |",
        '',
      ].join('\n'),
    );
  });

  it.each(['--json', '--format=json', '--format json'])('prints JSON: %s', async (flags) => {
    await change(breaking);
    const { stdout } = await diff(...flags.split(' '));
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      directory: project,
      name: 'animals',
      counts: { breaking: 1, security: 0, compatible: 0 },
      changes: [
        {
          gravity: 'breaking',
          code: 'TOOL_RENAMED',
          tool: 'list_pets',
          operation: 'GET /pets',
          before: 'list_pets',
          after: 'find_pets',
          message: 'The tool is now called find_pets.',
        },
      ],
      warnings: [],
    });
  });

  it.each([
    ['breaking', breaking, [0, 1, 0, 1, 1]],
    ['security', security, [0, 0, 1, 1, 1]],
    ['compatible', compatible, [0, 0, 0, 1, 0]],
    ['nothing', {}, [0, 0, 0, 0, 0]],
  ] as const)('fails on the given severities: %s', async (_, patch, expected) => {
    await change(patch);
    const runs = [
      [],
      ['--fail-on', 'breaking'],
      ['--fail-on', 'security'],
      ['--fail-on', 'any'],
      ['--fail-on', 'breaking', '--fail-on', 'security'],
    ];
    const statuses: number[] = [];
    for (const flags of runs) statuses.push((await diff(...flags)).status);
    expect(statuses).toEqual(expected);
  });

  it('reports in JSON that it failed', async () => {
    await change(breaking);
    expect(JSON.parse((await diff('--json', '--fail-on', 'any')).stdout)).toMatchObject({
      ok: false,
    });
  });

  it('takes options that are not given from the project, and others as they are given', async () => {
    const codes = async (...flags: string[]) => {
      const { stdout } = await diff('--json', ...flags);
      return (JSON.parse(stdout) as { changes: Change[] }).changes.map(({ code }) => code);
    };
    expect(await codes('--oauth-server', 'https://other.example.com')).toEqual([
      'AUTHORIZATION_SERVER_CHANGED',
    ]);
    expect(await codes('--auth', 'none')).toEqual([
      'AUTHENTICATION_DROPPED',
      'AUTHORIZATION_SERVER_CHANGED',
    ]);
    expect(await codes('--name', 'zoo')).toEqual(['NAME_CHANGED']);
    expect(await codes('--resource-url', 'https://mcp.example.com')).toEqual([
      'RESOURCE_URL_CHANGED',
    ]);
    expect(await codes('--exclude', 'GET /**')).toEqual(['TOOL_REMOVED', 'TOOL_REMOVED']);
  });

  it('accepts an authorization server if there was none', async () => {
    const open = join(folder, 'open');
    await run('generate', '-u', spec, '-o', open);
    const flags = ['--oauth-server', 'https://auth.example.com', '--json'];
    const { status, stdout } = await run('diff', '-u', spec, open, ...flags);
    expect(status).toBe(0);
    expect(stdout).toContain('AUTHENTICATION_ADDED');
  });

  it('classifies a change of hidden parts as security, once', async () => {
    const hiding = join(folder, 'hiding');
    await cp(project, hiding, { recursive: true });
    const again = (...flags: string[]) =>
      run('generate', '-u', spec, '-o', hiding, '--json', ...flags);
    const codes = ({ stdout }: { stdout: string }) =>
      (JSON.parse(stdout) as { changes?: Change[] }).changes?.map(
        ({ gravity, code }) => `${gravity} ${code}`,
      );
    await change({ paths: { '/pets': { get: { summary: 'List\u{e0041} pets' } } } });
    const failing = await run('diff', '-u', spec, hiding, '--fail-on', 'security');
    expect(failing.status).toBe(1);
    expect(failing.stderr).toContain('HIDDEN_TEXT at #/paths/~1pets/get\n');
    expect(failing.stdout).toMatch(/^security +- +- +The document now contains invisible text\./m);
    expect(codes(await again('--check'))).toEqual(['security HIDDEN_TEXT_ADDED']);
    expect(codes(await again())).toEqual(['security HIDDEN_TEXT_ADDED']);
    expect(codes(await again())).toEqual([]);
    expect(codes(await run('diff', '-u', spec, hiding, '--json'))).toEqual([]);
    expect((await run('generate', '-o', hiding, '--check')).status).toBe(0);
    await write(base);
    expect(codes(await again('--check'))).toEqual(['security HIDDEN_TEXT_REMOVED']);
  });

  it('finds files that an earlier generator left in a project', async () => {
    const older = join(folder, 'older');
    await cp(project, older, { recursive: true });
    const file = join(older, 'src/generated/tools/list-pets.ts');
    const content = await readFile(file, 'utf8');
    await writeFile(file, content.replace("title: 'List pets'", "title: 'List\\u200b pets'"));
    expect((await run('diff', '-u', spec, older)).stdout).toContain(
      'The document no longer contains invisible text.',
    );
  });

  it('looks into the current folder when none is named', async () => {
    const { status, stderr } = await run('diff', '--url', spec);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^NO_PROJECT at src\/generated\/api\.ts\n/);
  });

  it('writes and runs nothing', async () => {
    const edited = join(folder, 'edited');
    await cp(project, edited, { recursive: true });
    const file = join(edited, 'src/generated/tools/list-pets.ts');
    const content = await readFile(file, 'utf8');
    await writeFile(file, content.replace("'list_pets'", '(globalThis.ran = true)'));
    const { status, stdout, stderr } = await run('diff', '-u', spec, edited);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^UNREADABLE_PROJECT at src\/generated\/tools\/list-pets\.ts:5\n/);
    expect(globalThis).not.toHaveProperty('ran');
  });

  it.each([
    ['a document that is not there', ['diff', '-u', '/none.json', 'DIR'], 'at --url'],
    [
      'another severity',
      ['diff', '-u', 'SPEC', 'DIR', '--fail-on', 'all'],
      'INVALID_ARGUMENT at --fail-on',
    ],
    [
      'another form',
      ['diff', '-u', 'SPEC', 'DIR', '--format', 'pdf'],
      'INVALID_ARGUMENT at --format',
    ],
    ['two forms', ['diff', '-u', 'SPEC', 'DIR', '--json', '--format', 'text'], ''],
    ['two folders', ['diff', '-u', 'SPEC', 'DIR', 'DIR'], 'EXCESS_ARGUMENTS'],
  ])('cannot compare: %s', async (_, argv, message) => {
    const words: Record<string, string> = { SPEC: spec, DIR: project };
    const { status, stdout, stderr } = await run(...argv.map((word) => words[word] ?? word));
    expect(status).toBe(2);
    expect(stdout + stderr).toContain(message || 'CONFLICTING_OPTIONS');
  });

  it('reports warnings, and fails on them with --strict', async () => {
    await change({ paths: { '/pets': { trace: { operationId: 'trace' } } } });
    const { status, stdout, stderr } = await diff();
    expect([status, stdout]).toEqual([0, 'No differences.\n']);
    expect(stderr).toContain('UNSUPPORTED_METHOD');
    expect((await diff('--strict')).status).toBe(2);
  });
});

const hostile = [
  '<script>alert(1)</script> <!-- x',
  '[click](javascript:alert(1)) ![x](http://evil.example/x.png)',
  'http://evil.example www.evil.example a@evil.example @everyone #1',
  '**bold** _it_ ~~gone~~ `code` `` ` ```',
  '| cell | cell |',
  'line\n\n# heading\n- item\r\n| a | b |',
  '\u001b[2J\u001b]0;title\u0007 \u202e \u0000 \u2028 end',
  'ends with \\',
];

/** A document that has a hostile text wherever a text can be, and an old one without. */
function hostileChanges(text: string): Change[] {
  const schema = (name: string, value: string): JsonObject => ({
    type: 'object',
    properties: {
      [name]: { enum: [value, 'b'], default: value, description: value },
      gone: { anyOf: [{ type: 'string' }, { type: 'object', title: value }] },
      bound: { type: 'string', pattern: value === 'x' ? '^x' : '^y' },
    },
  });
  const documentOf = (name: string, value: string): JsonObject =>
    patched(base, {
      info: { title: value, description: value, version: value },
      'x-mcp': { implies: { [name]: [value] } },
      components: { securitySchemes: { [name]: { type: 'apiKey', in: 'query', name: value } } },
      paths: {
        '/pets': {
          get: {
            summary: value,
            description: value,
            security: [{ oauth: [value] }, { [name]: [value] }],
            parameters: [{ name, in: 'query', schema: schema(name, value) }],
          },
          post: {
            requestBody: { content: { [`text/x; a=${value}`]: { schema: schema(name, value) } } },
          },
        },
        [`/${name}`]: { get: { operationId: 'other', parameters: [{ name: value, in: 'query' }] } },
      },
    }) as JsonObject;
  return changesBetween(documentOf('x', 'x'), documentOf(text, text), { name: 'pets' });
}

describe('hostile texts', () => {
  it.each(hostile)('are cells of a Markdown table and nothing else: %j', async (text) => {
    const changes = hostileChanges(text);
    expect(changes.length).toBeGreaterThan(9);
    const markdown = formatMarkdown(changes);
    const nodes = await markdownNodes(await format(markdown, { parser: 'markdown' }));
    const types = new Set(nodes.map(({ type }) => type));
    expect(
      [...types].filter(
        (type) =>
          !/^(root|heading|paragraph|sentence|word|whitespace|text|table|tableRow|tableCell|inlineCode)$/.test(
            type,
          ),
      ),
    ).toEqual([]);
    const rows = nodes.filter(({ type }) => type === 'tableRow');
    expect(rows.map(({ children = [] }) => children.length)).toEqual(rows.map(() => 3));
    expect(nodes.filter(({ type }) => type === 'heading')).toHaveLength(3);
    expect(rows).toHaveLength(changes.length + 3);
  });

  it.each(hostile)('are one line of a terminal, and move nothing in it: %j', (text) => {
    const changes = hostileChanges(text);
    const output = formatChanges(changes, { resultColumns: 1000, grade: (word) => word });
    expect(output).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029\u202e]/u);
    expect(output.split('\n')).toHaveLength(changes.length + 4);
  });
});

describe('many changes', () => {
  it('are counted where a comment would be too long', () => {
    const changes = Array.from({ length: 2000 }, (_, index): Change => ({
      gravity: index % 2 === 0 ? 'breaking' : 'compatible',
      code: 'TOOL_REMOVED',
      tool: `tool_${index}`,
      message: 'x'.repeat(100),
    }));
    const markdown = formatMarkdown(changes);
    expect(markdown.length).toBeLessThan(65_536);
    const shown = markdown.match(/tool_/g)?.length ?? 0;
    const hidden = [...markdown.matchAll(/… and ([\d,]+) more change/g)].map(([, text = '']) =>
      Number(text.replace(',', '')),
    );
    expect(shown + hidden.reduce((sum, each) => sum + each, 0)).toBe(2000);
    expect(markdown).toContain('2,000 changes: 1,000 breaking, 0 security, 1,000 compatible.');
  });
});

describe('after a run that was interrupted', () => {
  it('it compares with the project that the run was making', async () => {
    const copy = join(folder, 'interrupted');
    await cp(project, copy, { recursive: true });
    await change(breaking);
    let committed = false;
    const stopAfterCommit = (operation: Operation) => {
      if (committed) throw systemError('EIO', operation);
      committed = String(operation.args[1]).endsWith('/journal.json');
    };
    const generated = await listen(stopAfterCommit, () => run('generate', '-o', copy));
    expect(generated.status).not.toBe(0);
    expect(committed).toBe(true);
    const { status, stdout } = await run('diff', '--url', spec, copy, '--fail-on', 'any');
    expect(stdout).toBe('No differences.\n');
    expect(status).toBe(0);
  });
});
