import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from '../support/fixtures.js';

const file = join(root, 'test/attack/README.md');

/** The rows, the first of them the titles, as a Markdown table. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const [titles = [], ...body] = rows;
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/[\p{Cc}\p{Zl}]/gu, '�')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...body.map(line)].join('\n');
}

/** Replaces the table of that name in README.md, between its two comments. */
export async function writeTable(
  name: string,
  rows: readonly (readonly string[])[],
): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`README.md has no table called ${name}`);
  const replaced = `${text.slice(0, from + begin.length)}\n\n${tableOf(rows)}\n\n${text.slice(to)}`;
  await writeFile(file, await format(replaced, { parser: 'markdown', printWidth: 120 }));
}
