import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inputOf, listFixtures, readFolder, root } from '../support/fixtures.js';
import { bundleProgram } from '../support/program.js';
import { generateInto } from '../support/project.js';

const fixtures = listFixtures().filter(({ fails }) => !fails);
let base: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-same-'));
});

afterAll(() => rm(base, { recursive: true, force: true }));

/** Generates all fixtures in a process with another clock, language, home and directory. */
async function generateElsewhere(place: string, env: Record<string, string>) {
  const [inputs, output] = [join(place, 'fixtures'), join(place, 'out')];
  await cp(join(root, 'fixtures'), inputs, { recursive: true });
  const program = await bundleProgram('generate-fixtures', place);
  await promisify(execFile)(process.execPath, [program, inputs, output], { cwd: place, env });
  return readFolder(output);
}

it('gives the same bytes in another directory, time zone and language', async () => {
  const [one, other] = await Promise.all([
    generateElsewhere(join(base, 'here'), { TZ: 'UTC', LC_ALL: 'C' }),
    generateElsewhere(join(base, 'far', 'away'), {
      TZ: 'Pacific/Kiritimati',
      LC_ALL: 'tr_TR.UTF-8',
      HOME: base,
      FORCE_COLOR: '1',
    }),
  ]);
  expect(one.size).toBeGreaterThan(fixtures.length * 20);
  expect([...other.keys()]).toEqual([...one.keys()]);
  for (const [path, content] of one) expect(other.get(path), path).toBe(content);
});

describe.each(fixtures.filter(({ name }) => name !== 'multi-file'))(
  'fixtures/$name with its paths and operations in reverse',
  (fixture) => {
    const generate = async (folder: string, document: object) => {
      const [source, output] = [join(folder, 'openapi.json'), join(folder, 'out')];
      await mkdir(folder, { recursive: true });
      await writeFile(source, JSON.stringify(document));
      await generateInto(output, source, fixture.args);
      return readFolder(output);
    };

    it('gives the same files', async () => {
      const text = await readFile(join(root, inputOf(fixture)), 'utf8');
      const document = (text.startsWith('{') ? JSON.parse(text) : parse(text)) as Document;
      const place = join(base, 'order', fixture.name);
      const straight = await generate(join(place, 'straight'), document);
      const turned = await generate(join(place, 'turned'), inReverse(document));
      expect([...turned.keys()]).toEqual([...straight.keys()]);
      for (const [path, content] of straight) {
        expect(turned.get(path), path).toBe(content);
      }
    });
  },
);

interface Document {
  readonly paths: Readonly<Record<string, object>>;
}

function inReverse(document: Document): Document {
  const reverse = <T>(object: Readonly<Record<string, T>>, change: (value: T) => T) =>
    Object.fromEntries(
      Object.entries(object)
        .reverse()
        .map(([key, value]) => [key, change(value)]),
    );
  const paths = reverse(document.paths, (item) => reverse({ ...item }, (value: unknown) => value));
  return { ...document, paths };
}
