import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/fixtures.js';
import { readPage } from './blocks.js';

/** The texts in backticks of a column of the tables on the page. */
function cellsOf(column: string): string[] {
  const tables = readPage('docs/threat-model.md').split(/\n{2,}/);
  return tables
    .filter((table) => table.startsWith('|') && table.split('\n')[0]?.includes(` ${column} `))
    .flatMap((table) => table.split('\n').slice(2))
    .flatMap((row) => [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, text = '']) => text);
}

it('names each group of attacks, and no others', () => {
  const groups = readdirSync(join(root, 'test/attack/groups'));
  const expected = groups.map((name) => name.replace('.ts', '')).sort();
  expect([...new Set(cellsOf('Attacked by'))].sort()).toEqual(expected);
});

it('names tests that exist', () => {
  const tests = cellsOf('Tested in').filter((path) => path.startsWith('test/'));
  expect(tests.length).toBeGreaterThan(5);
  expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
