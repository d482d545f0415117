import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashContent } from '../../src/lock/files.js';
import type { Problem } from '../../src/errors.js';
import type { Difference } from '../../src/write/write.js';
import { run, type Result } from '../support/command-line.js';
import { makePlace, operation, pets, type Place } from './pets.js';

const issuer = ['--oauth-server', 'https://a.example'];

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.remove());

const generate = (...flags: string[]) =>
  run(['generate', '-u', place.spec, '-o', place.output, ...issuer, ...flags]);
const check = (...flags: string[]) => generate('--check', ...flags);

const at = (path: string) => join(place.output, path);
const lockFile = () => at('openapi-to-mcp.lock');

async function edit(path: string, change: (content: string) => string): Promise<void> {
  const content = await readFile(path, 'utf8');
  const changed = change(content);
  expect(changed).not.toBe(content);
  await writeFile(path, changed);
}

interface Answer {
  readonly ok: boolean;
  readonly name: string;
  readonly tools: number;
  readonly tokens: number;
  readonly warnings: readonly Problem[];
  readonly differences: readonly Difference[];
}

const answer = ({ stdout }: Result) => JSON.parse(stdout) as Answer;

describe('--check of an unchanged project', () => {
  it('says that it is up to date, and writes nothing', async () => {
    await generate();
    expect(await check()).toEqual({
      status: 0,
      stdout: `${place.output} is up to date.\n`,
      stderr: '',
    });
  });

  it('has the warnings of generate, and fails on them with --strict', async () => {
    const description = 'Some words. '.repeat(80);
    const parameters = ['p', 'q'].map((name) => ({ name, in: 'query', description }));
    const many = Array.from({ length: 100 }, (_, index) => [
      `/x${index}`,
      { get: operation(`x${index}`, { description, parameters }) },
    ]);
    const paths = Object.fromEntries(many) as object;
    await place.say(pets({ ...paths, '/y': { trace: operation('y') } }));
    // The last member is there twice, which is a warning of the document itself.
    await edit(place.spec, (text) => text.replace(/\}$/, ',"openapi":"3.1.0"}'));
    const open = ['generate', '-u', place.spec, '-o', place.output, '--auth', 'none'];
    const { warnings } = answer(await run([...open, '--json']));
    expect(warnings.map(({ code }) => code)).toEqual([
      'DUPLICATE_KEY',
      'UNSUPPORTED_METHOD',
      'UNCHECKED_SCOPES',
      'MANY_TOKENS',
    ]);
    expect(answer(await run([...open, '--check', '--json'])).warnings).toEqual(warnings);
    const { status, stderr } = await run([...open, '--check']);
    expect(status).toBe(0);
    for (const { code } of warnings) expect(stderr).toContain(code);
    expect(await run([...open, '--check', '--strict'])).toMatchObject({ status: 2, stdout: '' });
  });

  it('compares with what would be generated, not with what the lock claims', async () => {
    await generate();
    await edit(at('src/generated/scopes.ts'), (text) => text.replace("[['read']]", '[]'));
    const forged = hashContent(await readFile(at('src/generated/scopes.ts'), 'utf8'));
    await edit(lockFile(), (text) =>
      text.replace(/("src\/generated\/scopes\.ts": ")[0-9a-f]+/, `$1${forged}`),
    );
    const { status, stdout } = await check();
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining('update  src/generated/scopes.ts\n') as string,
    ]);
  });

  it('ignores the order of unordered members', async () => {
    await generate();
    const text = await readFile(place.spec, 'utf8');
    const document = JSON.parse(text) as { paths: object; components: { schemas: object } };
    const { Pet, ...rest } = document.components.schemas as { Pet: object };
    await place.say({
      ...document,
      components: { ...document.components, schemas: { ...rest, Pet } },
    });
    expect((await check()).status).toBe(0);
    await place.say({
      ...document,
      paths: Object.fromEntries(Object.entries(document.paths).reverse()),
    });
    expect((await check()).status).toBe(0);
    await writeFile(place.spec, JSON.stringify(document, null, 4));
    expect((await check()).status).toBe(0);
  });
});

describe('--check of a changed project', () => {
  /** The same document, but for these properties of a schema. */
  const petSchema = (properties: object) => {
    const { components } = pets() as { components: { schemas: object } };
    const schemas = { ...components.schemas, Pet: { type: 'object', properties } };
    return { ...pets(), components: { ...components, schemas } };
  };
  const name = { type: 'string' };
  const age = { type: 'integer', minimum: 0 };

  const cases: [string, () => Promise<unknown>, string[], string[]][] = [
    [
      'an operation is added',
      () => place.say(pets({ '/a': { get: operation('a') } })),
      [],
      ['create src/generated/tools/a.ts'],
    ],
    [
      'a word is changed',
      () => place.say(pets({ '/owners': { get: operation('listOwners', { summary: 'All' }) } })),
      [],
      ['update src/generated/tools/list-owners.ts'],
    ],
    [
      'properties change places',
      () => place.say(petSchema({ age, name })),
      [],
      ['update src/generated/tools/add-pet.ts'],
    ],
    [
      '0 becomes -0',
      () => edit(place.spec, (text) => text.replace('"minimum":0', '"minimum":-0')),
      [],
      ['update src/generated/tools/add-pet.ts'],
    ],
    [
      'a scope is dropped',
      () =>
        place.say(
          pets({ '/owners': { get: operation('listOwners', { security: [{ oauth: [] }] }) } }),
        ),
      [],
      ['update src/generated/scopes.ts'],
    ],
    [
      'the server moves',
      () => place.say(pets({}, { servers: [{ url: 'https://other.example' }] })),
      [],
      ['update src/generated/api.ts'],
    ],
    [
      'an addition that makes no difference but in the hash',
      () => place.say(pets({}, { 'x-note': 'new' })),
      [],
      ['update openapi-to-mcp.lock'],
    ],
    [
      '--include is another',
      () => Promise.resolve(),
      ['--include', 'tag:pets'],
      ['delete src/generated/tools/list-owners.ts'],
    ],
    [
      '--exclude is another',
      () => Promise.resolve(),
      ['--exclude', 'tag:pets'],
      ['delete src/generated/tools/list-pets.ts'],
    ],
    [
      '--name is another',
      () => Promise.resolve(),
      ['--name', 'zoo'],
      ['update src/generated/api.ts'],
    ],
    [
      '--scopes is another',
      () => Promise.resolve(),
      ['--scopes', 'method'],
      ['update src/generated/scopes.ts'],
    ],
    [
      '--oauth-server is another',
      () => Promise.resolve(),
      ['--oauth-server', 'https://b.example'],
      ['update src/generated/api.ts'],
    ],
    [
      '--resource-url is another',
      () => Promise.resolve(),
      ['--resource-url', 'https://m.example/mcp'],
      ['update src/generated/api.ts'],
    ],
    [
      '--base-url is another',
      () => Promise.resolve(),
      ['--base-url', 'https://u.example'],
      ['update src/generated/api.ts'],
    ],
    [
      'a generated file is edited',
      () => edit(at('src/generated/api.ts'), (text) => `${text}\n`),
      [],
      ['edited src/generated/api.ts'],
    ],
    [
      'the runtime is edited',
      () => edit(at('src/runtime/audit.ts'), (text) => `${text}\n`),
      [],
      ['edited src/runtime/audit.ts'],
    ],
    [
      'a generated file is missing',
      () => rm(at('src/generated/tools/list-pets.ts')),
      [],
      ['create src/generated/tools/list-pets.ts'],
    ],
    ['a file of the user is missing', () => rm(at('Dockerfile')), [], ['create Dockerfile']],
    [
      'a file is cut from the lock',
      () => edit(lockFile(), (text) => text.replace(/^ +"src\/generated\/api.ts": .*\n/m, '')),
      [],
      ['update openapi-to-mcp.lock'],
    ],
    [
      'a file is added to the lock',
      () =>
        edit(lockFile(), (text) =>
          text.replace('"files": {', `"files": {\n    "README.md": "${'a'.repeat(64)}",`),
        ),
      [],
      ['update openapi-to-mcp.lock'],
    ],
    [
      'the lock is of an earlier generator, which recorded more',
      () => edit(lockFile(), (text) => text.replace('{', `{ "seal": "${'a'.repeat(64)}",`)),
      [],
      ['update openapi-to-mcp.lock'],
    ],
    [
      'another version made it',
      () => edit(lockFile(), (text) => text.replace(/"generator": ".*"/, '"generator": "0.0.1"')),
      [],
      ['update openapi-to-mcp.lock'],
    ],
  ];

  it.each(cases)('notices that %s', async (_, change, flags, expected) => {
    await generate();
    await change();
    const found = await check('--json', ...flags);
    expect(found.status).toBe(1);
    const lines = answer(found).differences.map(({ kind, path }) => `${kind} ${path}`);
    expect(lines).toEqual(expect.arrayContaining(expected));
  });

  it('notices a changed overlay', async () => {
    const overlay = join(place.folder, 'overlay.json');
    const say = (text: string) =>
      writeFile(
        overlay,
        JSON.stringify({
          overlay: '1.0.0',
          info: { title: 'x', version: '1' },
          actions: [{ target: '$.paths.*.get', update: { description: text } }],
        }),
      );
    await say('one');
    await generate('--overlay', overlay);
    expect((await check('--overlay', overlay)).status).toBe(0);
    await say('two');
    expect((await check('--overlay', overlay)).status).toBe(1);
  });
});

describe('--check that cannot decide', () => {
  it.each([
    ['there is no project', () => Promise.resolve(), /^NO_PROJECT at --check\n.*\n {2}.*--output/],
    [
      'there is no lock',
      async () => {
        await generate();
        await rm(lockFile());
      },
      /^NO_PROJECT at --check/,
    ],
    [
      'the lock is broken',
      async () => {
        await generate();
        await writeFile(lockFile(), '<<<<<<< HEAD');
      },
      /^BROKEN_LOCK at openapi-to-mcp\.lock/,
    ],
    [
      'the lock has version 1',
      async () => {
        await generate();
        await edit(lockFile(), (text) => text.replace('"lockVersion": 3', '"lockVersion": 1'));
      },
      /^OLD_LOCK at openapi-to-mcp\.lock\n.*\n {2}.*--force.*--url/,
    ],
    [
      'the lock is of a version to come',
      async () => {
        await generate();
        await edit(lockFile(), (text) => text.replace('"lockVersion": 3', '"lockVersion": 4'));
      },
      /^NEWER_LOCK at openapi-to-mcp\.lock/,
    ],
    [
      'the document is not there',
      async () => {
        await generate();
        await rm(place.spec);
      },
      /^SOURCE_NOT_FOUND/,
    ],
    [
      'the document is broken',
      async () => {
        await generate();
        await writeFile(place.spec, '{');
      },
      /^INVALID_SYNTAX/,
    ],
    [
      'nothing can be made of the document',
      async () => {
        await generate();
        await place.say(pets({}, { paths: {} }));
      },
      /^NO_PATHS/,
    ],
  ] as [string, () => Promise<unknown>, RegExp][])(
    'exits with 2 when %s',
    async (_, change, message) => {
      await change();
      const { status, stdout, stderr } = await check();
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    },
  );

  it('decides with --force, which needs no lock', async () => {
    expect((await check('--force')).stdout).toContain('create  src/generated/api.ts\n');
    await generate();
    await writeFile(lockFile(), '<<<<<<< HEAD');
    const { status, stdout } = await check('--force');
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/^update {2}openapi-to-mcp\.lock\n/),
    ]);
  });
});
