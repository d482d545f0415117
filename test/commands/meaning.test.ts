import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../src/diff/change.js';
import type { Problem } from '../../src/errors.js';
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

const at = (path: string) => join(place.output, path);

const opened = pets({ '/owners': { get: operation('listOwners', { security: [] }) } });

interface Answer {
  readonly changes?: readonly Change[];
  readonly unknown?: readonly Problem[];
}

const answer = ({ stdout }: Result) => JSON.parse(stdout) as Answer;
const codes = (result: Result) =>
  answer(result).changes?.map(({ code, tool }) => `${code} ${tool ?? ''}`);

/** The same document, with and without `--check`. */
async function both(...flags: string[]): Promise<Result[]> {
  const checked = await generate('--check', ...flags);
  return [checked, await generate(...flags)];
}

describe('the effect of a run', () => {
  it('is reported alike by generate and --check', async () => {
    await generate();
    await place.say(opened);
    const lost = ['SCOPES_DROPPED list_owners', 'TOOL_PUBLIC list_owners'];
    for (const result of await both('--json'))
      expect(codes(result)).toEqual(expect.arrayContaining(lost));
  });

  it('is unknown, which both state, when the project cannot be read', async () => {
    await generate();
    await rm(at('src/generated/tools/list-pets.ts'));
    await place.say(opened);
    for (const { stdout } of await both())
      expect(stdout).toMatch(
        /\n\nThe effect on callers is unknown, .*\n {2}src\/generated\/tools\/list-pets\.ts:1: .*\n.* TOOLS\.md/,
      );
  });

  it('is unknown in JSON as well', async () => {
    await generate();
    await rm(at('src/generated/api.ts'));
    await place.say(opened);
    for (const result of await both('--json')) {
      expect(codes(result) ?? []).toEqual([]);
      expect(answer(result).unknown).toMatchObject([{ code: 'NO_PROJECT' }]);
    }
  });

  it('is reported when the lock is broken, and options were lost with it', async () => {
    await generate('--exclude', 'listOwners');
    await writeFile(at('openapi-to-mcp.lock'), '<<<<<<< HEAD');
    for (const result of await both('--force', '--json'))
      expect(codes(result)).toEqual(['TOOL_ADDED list_owners']);
  });

  it('is that of overwriting an edited file, even if the document is the same', async () => {
    await generate();
    const path = at('src/generated/scopes.ts');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace("list_owners: [['read']]", 'list_owners: []'));
    for (const result of await both('--force', '--json'))
      expect(codes(result)).toEqual(['SCOPES_ADDED list_owners']);
  });

  it('is nothing for a first run', async () => {
    const result = await generate('--json');
    expect(codes(result)).toEqual([]);
    expect(answer(result)).not.toHaveProperty('unknown');
  });
});
