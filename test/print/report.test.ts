import { run } from '../support/command-line.js';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/generate.js';
import { inspectPage } from '../../src/print/report/inspect-page.js';
import { diffPage } from '../../src/print/report/diff-page.js';
import { secondsOf } from '../load/helpers.js';
import { argumentType } from '../../src/print/argument-type.js';
import { scopeColumns, scopeRow } from '../../src/print/report/scopes-matrix.js';
import { layOut } from '../../src/print/report/treemap.js';
import { toChange } from '../../src/diff/change.js';

const todo = () =>
  prepare({ url: 'fixtures/todo/input.yaml', oauthServer: 'https://auth.example.com' });

/** Left, top, width and height in percent. */
function boxOf(style: string): [number, number, number, number] {
  const [left = NaN, top = NaN, width = NaN, height = NaN] = style
    .split(';')
    .map((declaration) => Number(/:([\d.]+)%$/.exec(declaration)?.[1]));
  return [left, top, width, height];
}

describe('the treemap', () => {
  const costs = [
    { name: 'a', group: 'x', tokens: 600 },
    { name: 'b', group: 'x', tokens: 200 },
    { name: 'c', group: 'y', tokens: 200 },
  ];

  it('gives each tool an area in proportion to its tokens, and each group its sum', () => {
    const { groups, tiles } = layOut(costs);
    expect(groups.map(({ name, tokens }) => [name, tokens])).toEqual([
      ['x', 800],
      ['y', 200],
    ]);
    const area = (name: string) => {
      const [, , width, height] = boxOf(tiles.find((tile) => tile.name === name)?.box ?? '');
      return width * height;
    };
    expect(area('a') / area('b')).toBeGreaterThan(2.9);
    expect(area('a') / area('b')).toBeLessThan(3.1);
  });

  it('keeps all boxes inside, and tools inside their group', () => {
    const { groups, tiles } = layOut(costs);
    for (const { box } of [...groups, ...tiles]) {
      const [left, top, width, height] = boxOf(box);
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(100.01);
    }
    const [x] = groups.map(({ box }) => boxOf(box));
    const [b] = tiles.filter(({ name }) => name === 'b').map(({ box }) => boxOf(box));
    expect(b?.[0]).toBeGreaterThanOrEqual(x?.[0] ?? NaN);
    expect(b?.[1]).toBeGreaterThan(x?.[1] ?? NaN);
  });
});

describe('the matrix of scopes', () => {
  it('has a dot for each scope of a tool, and one cell for the columns between', async () => {
    const { api } = await todo();
    const columns = [...scopeColumns(api), 'unused'];
    expect(columns).toEqual(['todo.read', 'todo.write', 'unused']);
    expect(scopeRow(api, 'create_todo', columns)).toEqual([
      { columns: 1, mark: '', scope: '' },
      { columns: 1, mark: '●', scope: 'todo.write' },
      { columns: 1, mark: '', scope: '' },
    ]);
  });

  it('has the numbers of the alternatives if a tool has several', async () => {
    const { api } = await todo();
    const scopes = { ...api.scopes, create_todo: [['a', 'b'], ['b']] };
    expect(scopeRow({ ...api, scopes }, 'create_todo', ['a', 'b', 'c', 'd'])).toEqual([
      { columns: 1, mark: '1', scope: 'a' },
      { columns: 1, mark: '1 2', scope: 'b' },
      { columns: 2, mark: '', scope: '' },
    ]);
  });
});

describe('the type of an argument', () => {
  const root = { $defs: { Pet: { type: 'object' }, Loop: { $ref: '#/$defs/Loop' } } };
  it.each([
    [{ type: 'string', format: 'date' }, 'string (date)'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ type: 'array', items: { $ref: '#/$defs/Pet' } }, 'list of object'],
    [{ enum: ['asc', 'desc'] }, '"asc" or "desc"'],
    [{ anyOf: [{ type: 'string' }, { type: 'string' }, { type: 'integer' }] }, 'string or integer'],
    [{ enum: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }, '1 or 2 or 3 or 4 or 5 or 6 or 7 or 8 or 2 more'],
    [{ $ref: '#/$defs/Loop' }, 'any'],
    [{}, 'any'],
  ])('of %j is %s', (schema, words) => {
    expect(argumentType(root, schema)).toBe(words);
  });

  it('is found soon where hundreds of alternatives refer to one another', async () => {
    const all = Array.from({ length: 600 }, (_, index) => ({ $ref: `#/$defs/A${index % 60}` }));
    const $defs = Object.fromEntries(all.map(({ $ref }) => [$ref.slice(8), { anyOf: [...all] }]));
    const work = () => expect(argumentType({ $defs }, { anyOf: all })).toBe('any');
    expect(await secondsOf(work)).toBeLessThan(2);
  });
});

describe('a page', () => {
  it('has each tool with its request, scopes, hints and tokens', async () => {
    const page = inspectPage(await todo(), []);
    expect(page).toContain('<span class="name">delete_todo</span>');
    expect(page).toContain('<b>DELETE</b> <bdi>/todos/{id}</bdi>');
    expect(page).toContain('The token needs todo.write.');
    expect(page).toContain('Callers need an access token issued by https://auth.example.com.');
    expect(page.match(/<details id="tool-/g)).toHaveLength(9);
    expect(page.match(/<a class="tile /g)).toHaveLength(9);
  });

  it('warns that scopes are not checked without OAuth', async () => {
    const page = inspectPage(await prepare({ url: 'fixtures/todo/input.yaml' }), []);
    expect(page).toContain('Callers need no access token.');
    expect(page).toContain('without OAuth, scopes are not checked');
  });

  it('loads nothing, and its policy allows only its own script', async () => {
    const page = inspectPage(await todo(), []);
    const script = /<script>([^]*)<\/script>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(script).digest('base64');
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy.replaceAll('&#x27;', "'").replaceAll('&#x3D;', '=')).toBe(
      `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page.match(/(?:src|href)="(?!#)/g)).toBeNull();
    expect(page).not.toMatch(/@import|url\(/);
  });

  const evil = `"><script>alert(1)</script><img src=x onerror='alert(1)'>\u202Etxt\u0000`;

  it('shows markup in a document as text, without characters that reverse it', async () => {
    const plan = await todo();
    const tools = plan.api.tools.map((tool) => ({
      ...tool,
      title: evil,
      description: evil,
      request: { ...tool.request, path: evil },
      inputSchema: {
        type: 'object' as const,
        properties: { [evil]: { type: evil, description: evil } },
      },
    }));
    const scopes = Object.fromEntries(tools.map(({ name }) => [name, [[evil]]]));
    const api = { ...plan.api, tools, scopes, title: evil, version: evil };
    const groups = Object.fromEntries(tools.map(({ name }) => [name, evil]));
    const problem = { code: evil, message: evil, place: evil, remedy: evil };
    const page = inspectPage({ ...plan, api, groups }, [problem]);
    const finding = {
      code: 'TOOL_REMOVED' as const,
      message: evil,
      place: evil,
      before: evil,
      after: evil,
    };
    const changes = diffPage(evil, [toChange(finding, { tool: evil, operation: evil })], [problem]);
    for (const html of [page, changes]) {
      expect(html.match(/<script>/g)).toHaveLength(1);
      expect(html).not.toContain('<img');
      expect(html).not.toMatch(/[\p{Bidi_Control}]|[^\P{Cc}\n]/u);
      expect(html).toContain('&lt;script&gt;alert(1)');
    }
  });

  it('of changes lists them by severity, with old and new values', () => {
    const scopes = {
      code: 'SCOPES_DIFFERENT' as const,
      message: 'Needs b instead of a.',
      before: 'a',
      after: 'b',
    };
    const html = diffPage('notes', [toChange(scopes, { tool: 'read', operation: 'GET /a' })], []);
    expect(html).toContain('<h2 id="security-heading">Security</h2>');
    expect(html).not.toContain('id="breaking-heading"');
    expect(html).toContain('<del>a</del> <ins>b</ins>');
    expect(diffPage('notes', [], [])).toContain('There are no differences.');
  });
});

describe('--format', () => {
  it('html prints the page of inspect', async () => {
    const { status, stdout } = await run([
      'inspect',
      '-u',
      'fixtures/todo/input.yaml',
      '--format',
      'html',
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
  });

  it('html and --json are refused together', async () => {
    const flags = ['--format', 'html', '--json'];
    const { status, stdout } = await run(['inspect', '-u', 'fixtures/todo/input.yaml', ...flags]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ code: 'CONFLICTING_OPTIONS' }] });
  });
});
