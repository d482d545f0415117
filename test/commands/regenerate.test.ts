import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/command-line.js';
import { listen, type LocalServer } from '../support/http.js';

let folder: string;
let server: LocalServer;
/** The documents that the server sends, one after the other; the last one again and again. */
let documents: string[];
let requests: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-regenerate-'));
  const original = await readFile('fixtures/todo/input.yaml', 'utf8');
  documents = [original];
  requests = 0;
  server = await listen((_, response) => {
    requests += 1;
    response.end(documents.length > 1 ? documents.shift() : documents[0]);
  });
  await generate('--url', `${server.url}/openapi.yaml`, '--auth', 'none');
  documents = [original.replaceAll('operationId: listTags', 'operationId: allTags'), original];
  requests = 0;
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const generate = (...flags: string[]) =>
  run(['generate', '--allow-private', '-o', join(folder, 'todo'), ...flags]);

describe('generate --format markdown', () => {
  it('shows the effect of the document that it uses, which it reads once', async () => {
    const { status, stdout } = await generate('--format', 'markdown');
    expect([status, requests]).toEqual([0, 1]);
    expect(stdout).toMatch(/^1 change: 1 breaking/);
    expect(stdout).toContain('| `list_tags` | `GET /tags` | The tool is now called all\\_tags. |');
    const api = await readFile(join(folder, 'todo/src/generated/api.ts'), 'utf8');
    expect(api).toContain('all-tags.js');
  });

  it('shows the same with --check, and refuses --json beside it', async () => {
    const { status, stdout } = await generate('--check', '--format', 'markdown');
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^1 change: 1 breaking/)]);
    const both = await generate('--json', '--format', 'markdown');
    expect([both.status, both.stdout]).toEqual([2, expect.stringContaining('CONFLICTING_OPTIONS')]);
  });

  it('names the files if callers see no difference, and only then', async () => {
    documents = documents.slice(1);
    await rm(join(folder, 'todo/src/runtime/http.ts'));
    for (const flags of [['--check'], []])
      expect((await generate('--format', 'markdown', ...flags)).stdout).toBe(
        'The tools stay the same. Other files differ: `src/runtime/http.ts`.\n',
      );
    expect((await generate('--format', 'markdown')).stdout).toBe('No differences.\n');
    const url = ['--url', `${server.url}/openapi.yaml`];
    const first = await generate('--format', 'markdown', ...url, '-o', join(folder, 'other'));
    expect(first.stdout).toMatch(/^A new project, with \d+ files\.\n$/);
  });

  it('says so where the effect is unknown', async () => {
    await rm(join(folder, 'todo/src/generated/tools/list-tags.ts'));
    const { status, stdout } = await generate('--format', 'markdown');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^The effect on callers is unknown[^]*list-tags.ts:1: [^]*TOOLS.md/);
  });
});

describe('files of a project that were deleted', () => {
  it('are named when they are written again, and new ones are not', async () => {
    for (const path of ['Dockerfile', 'src/runtime/http.ts']) await rm(join(folder, 'todo', path));
    const { stdout } = await generate();
    expect(stdout).toContain(
      '\nThese were missing and are there again: Dockerfile, src/runtime/http.ts.\n',
    );
    expect(stdout).not.toContain('all-tags.ts');
    await writeFile(join(folder, 'todo/README.md'), 'mine');
    expect((await generate()).stdout).not.toContain('missing');
  });
});
