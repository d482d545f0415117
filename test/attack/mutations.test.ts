import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/fixtures.js';
import { groups } from './groups.js';
import { mutations } from './mutations.js';

const readme = readFileSync(join(root, 'test/attack/README.md'), 'utf8');

/** The cells of a row of README.md that begins with a cell. */
function rowOf(first: string): string[] | undefined {
  const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.find((cells) => cells[1] === first)?.slice(2);
}

describe('the mutations', () => {
  it.each(mutations)('apply: $file: $name', ({ also, ...fault }) => {
    for (const { file, edits } of also === undefined ? [fault] : [fault, also]) {
      const source = readFileSync(join(root, 'templates/src/runtime', file), 'utf8');
      for (const [from, to] of edits) {
        expect(source.split(from), from).toHaveLength(2);
        expect(to).not.toBe(from);
      }
    }
  });

  it('have different names', () => {
    const names = mutations.map(({ file, name }) => `${file}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the tables of README.md', () => {
  it.each([...new Set(groups.map(({ name }) => name))])('count the cases about %s', (name) => {
    const cases = groups.filter((group) => group.name === name).flatMap((group) => group.cases);
    const all = String(cases.length);
    expect(rowOf(name)).toEqual([all, all, '0', '0', '']);
  });

  it('name who catches each mutation', () => {
    for (const { name } of mutations) expect(readme, name).toContain(`| ${name} `);
    expect(readme).not.toContain('NOBODY');
  });
});
