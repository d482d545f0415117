import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command-line.js';

// A change of the document is reviewed as a change of the project, so a small one must be small there.

const lockPath = 'openapi-to-mcp.lock';

interface Change {
  readonly path: string;
  /** Added and deleted lines together. */
  readonly lines: number;
}

let base: string;
let project: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-small-'));
  project = join(base, 'project');
  await generate(document());
  await git('init', '--quiet');
});

afterAll(() => rm(base, { recursive: true, force: true }));

async function git(...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const { stdout } = await promisify(execFile)('git', [...identity, ...args], { cwd: project });
  return stdout;
}

async function generate(openapi: object): Promise<void> {
  const spec = join(base, 'openapi.json');
  await writeFile(spec, JSON.stringify(openapi));
  const issuer = ['--oauth-server', 'https://auth.example.com'];
  const { status, stderr } = await run(['generate', '-u', spec, '-o', project, ...issuer]);
  expect([status, stderr]).toEqual([0, '']);
}

/** The git diff of a project that is generated from one document and then from another. */
async function changes(before: object, after: object): Promise<Change[]> {
  await generate(before);
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', 'before');
  await generate(after);
  await git('add', '--all');
  const lines = (await git('diff', '--cached', '--numstat', '--no-renames')).trim().split('\n');
  return lines.filter(Boolean).map((line) => {
    const [added = '', deleted = '', path = ''] = line.split('\t');
    return { path, lines: Number(added) + Number(deleted) };
  });
}

const kinds = ['pet', 'owner', 'visit', 'vet', 'food'];

interface Options {
  readonly tag?: string;
  readonly parameters?: readonly object[];
  readonly paths?: object;
}

/** An API of 20 operations: four of each kind of thing. */
function document({ tag = 'pets', parameters = [], paths = {} }: Options = {}): object {
  const operations = kinds.flatMap((kind) => {
    const tags = [kind === 'pet' ? tag : `${kind}s`];
    return [
      [`/${kind}s`, things(kind, tags, kind === 'pet' ? parameters : [])],
      [`/${kind}s/{id}`, thing(kind, tags)],
    ] as const;
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Clinic', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    tags: [{ name: tag }],
    components: {
      schemas: Object.fromEntries(kinds.map((kind) => [kind, schema()])),
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: 'https://auth.example.com/token',
              scopes: { read: '', write: '' },
            },
          },
        },
      },
    },
    paths: { ...Object.fromEntries(operations), ...paths },
  };
}

const page = { name: 'page', in: 'query', description: 'From 1.', schema: { type: 'integer' } };
const size = { name: 'size', in: 'query', description: 'Of a page.', schema: { type: 'integer' } };
const breed = { name: 'breed', in: 'query', description: 'Its own.', schema: { type: 'string' } };

function things(kind: string, tags: string[], parameters: readonly object[]): object {
  const all = [page, ...parameters];
  return {
    get: operation(`list_${kind}s`, 'read', { tags, parameters: all }),
    post: operation(`add_${kind}`, 'write', { tags, requestBody: body(kind) }),
  };
}

function thing(kind: string, tags: string[]): object {
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  return {
    parameters: [id],
    put: operation(`change_${kind}`, 'write', { tags, requestBody: body(kind) }),
    delete: operation(`remove_${kind}`, 'write', { tags }),
  };
}

function operation(operationId: string, scope: string, more: object): object {
  return {
    operationId,
    summary: `What ${operationId} does`,
    description: 'A sentence about it, as documents have them.',
    security: [{ oauth: [scope] }],
    responses: { 200: { description: 'ok', content: { 'application/json': {} } } },
    ...more,
  };
}

function body(kind: string): object {
  const schema = { $ref: `#/components/schemas/${kind}` };
  return { required: true, content: { 'application/json': { schema } } };
}

function schema(): object {
  return {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', maxLength: 100 },
      born: { type: 'string', format: 'date' },
      state: { type: 'string', enum: ['well', 'ill'] },
    },
  };
}

function withoutLock(found: readonly Change[]): Change[] {
  return found.filter(({ path }) => path !== lockPath);
}

function linesOf(found: readonly Change[]): number {
  return found.reduce((sum, { lines }) => sum + lines, 0);
}

describe('the project of an API of 20 operations', () => {
  it.each([
    ['a third parameter', [size], 34],
    // A list that was on one line is then written on several.
    ['a second parameter', [], 42],
  ])(
    'changes in 5 files and 42 lines when an operation and %s are added',
    async (_, had, lines) => {
      const clinics = { get: operation('list_clinics', 'read', { parameters: [page] }) };
      const found = await changes(
        document({ parameters: had }),
        document({ parameters: [...had, breed], paths: { '/clinics': clinics } }),
      );
      expect(withoutLock(found).map(({ path }) => path)).toEqual([
        'TOOLS.md',
        'src/generated/api.ts',
        'src/generated/scopes.ts',
        'src/generated/tools/list-clinics.ts',
        'src/generated/tools/list-pets.ts',
      ]);
      expect(linesOf(withoutLock(found))).toBe(lines);
      expect(lines).toBeLessThanOrEqual(42);
      // The hashes of the five files and of the document.
      const lock = found.filter(({ path }) => path === lockPath);
      expect(lock).toEqual([{ path: lockPath, lines: 11 }]);
    },
  );

  it('changes only in the lock when a tag is renamed', async () => {
    const found = await changes(document(), document({ tag: 'animals' }));
    expect(found).toEqual([{ path: lockPath, lines: 2 }]);
  });

  it('changes in the files of one tool and in the lists when an operation is renamed', async () => {
    const moved = { get: operation('list_kennels', 'read', {}) };
    const renamed = { get: operation('list_sheds', 'read', {}) };
    const found = await changes(
      document({ paths: { '/kennels': moved } }),
      document({ paths: { '/kennels': renamed } }),
    );
    expect(withoutLock(found).map(({ path }) => path)).toEqual([
      'TOOLS.md',
      'src/generated/api.ts',
      'src/generated/scopes.ts',
      'src/generated/tools/list-kennels.ts',
      'src/generated/tools/list-sheds.ts',
    ]);
  });

  it('does not change at all when only the formatting of the document changes', async () => {
    const turned = JSON.parse(JSON.stringify(document())) as { paths: object };
    const paths = Object.fromEntries(Object.entries(turned.paths).reverse());
    expect(await changes(document(), { ...turned, paths })).toEqual([]);
  });
});
