import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../attack/stage.js';
import { sent } from './answers.js';
import { call, callInEra, eras } from './bodies.js';
import { Lab } from './lab.js';

let lab: Lab;
let stage: Stage;

beforeAll(async () => {
  lab = await Lab.open();
  stage = await lab.start();
});
afterAll(() => lab.close());

const json = (value: unknown) => JSON.stringify(value);

/** The query that reached the API by a call of `list_things`, by name as APIs read it; undefined when nothing did. */
async function queryOf(args: object): Promise<Record<string, string[]> | undefined> {
  const { received } = await sent(stage, { body: call('list_things', json(args)) });
  const [request] = received;
  if (request === undefined) return undefined;
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URL(request.target, 'http://x').searchParams) {
    const key = name.toLowerCase().replace(/\[.*$/, '');
    query[key] = [...(query[key] ?? []), value];
  }
  return query;
}

describe('a free-form object of the query', () => {
  it.each(['Action', 'action', 'ACTION', 'Action[]', 'action[0]', 'Action[x]', 'aCtion[][]'])(
    'cannot repeat the fixed pair as %s',
    async (name) => {
      const query = await queryOf({ filter: { colour: 'red', [name]: 'Delete' } });
      // To drop the member and to refuse the call are both right.
      expect(query?.action ?? ['List']).toEqual(['List']);
    },
  );

  it.each(['page', 'Page', 'page[]', 'tags', 'tags[]', 'TAGS', 'deep', 'deep[a]'])(
    'cannot be another parameter of the operation: %s',
    async (name) => {
      const args = { page: 1, tags: ['a'], deep: { a: 'b' }, filter: { [name]: '9' } };
      const query = await queryOf(args);
      expect(Object.values(query ?? {}).flat()).not.toContain('9');
    },
  );

  it('cannot be another parameter that the call leaves out', async () => {
    const query = await queryOf({ filter: { page: '9' } });
    expect(query?.page).toBeUndefined();
  });

  it('cannot hide a second pair in a name or a value', async () => {
    const query = await queryOf({ filter: { 'x&Action': 'Delete', y: 'z&Action=Delete' } });
    expect(query).toEqual({ action: ['List'], 'x&action': ['Delete'], y: ['z&Action=Delete'] });
  });

  it('of style deepObject keeps its members apart', async () => {
    const query = await queryOf({ deep: { Action: 'Delete', 'a]&Action': 'Delete' } });
    expect(query?.action).toEqual(['List']);
  });

  it('sends all other members', async () => {
    const query = await queryOf({ page: 2, filter: { colour: 'red', Actions: 'x', pages: 'y' } });
    expect(query).toEqual({
      action: ['List'],
      page: ['2'],
      colour: ['red'],
      actions: ['x'],
      pages: ['y'],
    });
  });
});

/** Dots that some proxy or container would follow to another operation, once or twice decoded. */
const dots = [
  '..;/admin',
  '..;',
  '..;x=y/admin',
  'a/..;/admin',
  '..\\..;/admin',
  '%2e%2e/admin',
  '%2E%2E/admin',
  '%2e./admin',
  '.%2e',
  '%2e',
  '..%2fadmin',
  '..%2Fadmin',
  '..%5cadmin',
  '%2e%2e%2fadmin',
  '%2e%2e;/admin',
  '..%3b/admin',
  'a%2f..%2fadmin',
];

/** Values that only look like it. */
const harmless = ['...', '..a', 'a..', 'a;b', 'v1..v2', 'a.;b', '100%', 'a%2fb', '%2e%2e%2e', ';'];

/** Tools by which a value gets into the path. */
const ways: readonly (readonly [string, (value: string) => readonly [string, object]])[] = [
  ['one segment', (slug) => ['get_slug', { slug }]],
  ['a list', (slug) => ['get_many', { slugs: [slug] }]],
  ['reserved characters', (path) => ['get_file', { path }]],
];

describe.each(ways)('a path argument in %s', (_way, make) => {
  it.each(dots)('cannot lead elsewhere: %s', async (value) => {
    const [tool, args] = make(value);
    const { received, refused } = await sent(stage, { body: call(tool, json(args)) });
    expect([received.map(({ target }) => target), refused]).toEqual([[], true]);
  });

  it.each(harmless)('may be %s', async (value) => {
    const [tool, args] = make(value);
    expect((await sent(stage, { body: call(tool, json(args)) })).received).toHaveLength(1);
  });
});

describe('dots', () => {
  it.each([
    ['%2e', '%2e'],
    ['.', '%2e'],
    ['.', '.;x'],
    ['..', ';x'],
    ['%2', 'e%2e'],
  ])('of two arguments cannot lead elsewhere together: %s and %s', async (a, b) => {
    const { received, refused } = await sent(stage, { body: call('get_pair', json({ a, b })) });
    expect([received.map(({ target }) => target), refused]).toEqual([[], true]);
  });

  it.each(eras)('cannot lead elsewhere in either era or with progress (%s)', async (era) => {
    for (const meta of ['', '"progressToken":7']) {
      const attempt = callInEra(era, 'get_slug', json({ slug: '..;/admin' }), meta);
      const { received, refused } = await sent(stage, attempt);
      expect([received.length, refused]).toEqual([0, true]);
    }
  });

  it('cannot lead elsewhere in a batch', async () => {
    const one = call('get_slug', json({ slug: '%2e%2e/admin' }));
    const { received } = await sent(stage, {
      body: `[${one},${one.replace('"id":1', '"id":2')}]`,
    });
    expect(received).toHaveLength(0);
  });
});
