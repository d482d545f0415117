import { expect, test } from 'vitest';
import { document2, document3, folder, loadDocument, secondsOf } from './helpers.js';
import { join } from 'node:path';
import { load } from '../../src/load/load.js';

const count = 5000;

/** A document of 5,000 operations and as many schemas, about 12 MB. */
function large(of: typeof document3, section: string): object {
  const name = (index: number) => `Schema${index % count}`;
  const numbers = Array.from({ length: count }, (_, index) => index);
  const definitions = Object.fromEntries(
    numbers.map((index) => [name(index), schema(`#/${section}/${name(index + 1)}`)]),
  );
  const paths = Object.fromEntries(
    numbers.map((index) => {
      const media = { schema: { $ref: `#/${section}/${name(index)}` } };
      const responses = {
        200: { description: '', ...media, content: { 'application/json': media } },
      };
      return [
        `/p${index}/{id}`,
        { get: { operationId: `get${index}`, description: 'x'.repeat(500), responses } },
      ];
    }),
  );
  return of(
    paths,
    section === 'definitions' ? { definitions } : { components: { schemas: definitions } },
  );
}

function schema($ref: string): object {
  const fields = Array.from({ length: 15 }, (_, index): [string, object] => [
    `field${index}`,
    { type: 'string', nullable: true, description: 'y'.repeat(40), example: 'z' },
  ]);
  return { type: 'object', properties: { ...Object.fromEntries<object>(fields), next: { $ref } } };
}

test.each([
  ['2.0', large(document2, 'definitions')],
  ['3.0', large(document3, 'components/schemas')],
])('12 MB of %s load', async (_, document) => {
  expect(JSON.stringify(document).length).toBeGreaterThan(10_000_000);
  expect((await loadDocument(document)).warnings).toEqual([]);
});

test('a thousand files that refer to one another load', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `s${index}.json`);
  const files = names.map(
    (name, index) => [name, schema(names[(index * 7 + 1) % 1000] ?? '')] as const,
  );
  const content = { 'application/json': { schema: { oneOf: names.map(($ref) => ({ $ref })) } } };
  const root = document3({ '/a': { get: { responses: { 200: { content } } } } });
  const directory = await folder({ 'openapi.json': root, ...Object.fromEntries(files) });
  const file = join(directory, 'openapi.json');
  expect((await load(file)).warnings).toEqual([]);
});

test('a chain of references costs no more than as many references', async () => {
  const length = 10_000;
  const links = Array.from({ length }, (_, index) => [
    `L${index}`,
    index + 1 < length ? { $ref: `#/components/schemas/L${index + 1}` } : { type: 'string' },
  ]);
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/L0' } } };
  const document = document3(
    { '/a': { get: { responses: { 200: { description: '', content } } } } },
    { components: { schemas: Object.fromEntries(links) as object } },
  );
  expect(await secondsOf(() => loadDocument(document))).toBeLessThan(10);
});
