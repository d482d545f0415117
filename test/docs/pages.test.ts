import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/commands/program.js';
import { root } from '../support/fixtures.js';
import { Sink } from '../support/command-line.js';
import { blocksOf, pages, readPage, type Block } from './blocks.js';
import { withExamples } from './custom-code.js';

const others = ['CONTRIBUTING.md', 'CHANGELOG.md', 'RELEASING.md'];

/** The links of a page to files, with what is behind `#`; not those in blocks of code. */
function linksOf(page: string): [path: string, anchor: string][] {
  const text = readPage(page).replace(/^( *)```[^]*?^\1```$/gm, '');
  const links = text.matchAll(/(?:\]\(|src=")(?!https?:)([^)#\s"]*)(?:#([^)]+))?[)"]/g);
  return [...links].map(([, path = '', anchor = '']) => [
    path === '' ? page : join(dirname(page), path),
    anchor,
  ]);
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = readPage(page).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

describe.each([...pages, ...others])('%s', (page) => {
  it('has links that lead somewhere', () => {
    const broken = linksOf(page).filter(
      ([path, anchor]) =>
        !existsSync(join(root, path)) || (anchor !== '' && !anchorsOf(path).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });
});

describe('the table of contents', () => {
  const listed = linksOf('docs/README.md').map(([path]) => path);

  it('leads to every page, or to the index of its folder', () => {
    const wanted = pages
      .filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
      .map((page) => page.replace(/^(docs\/[^/]+)\/.*/, '$1/README.md'));
    expect(wanted.filter((page) => !listed.includes(page))).toEqual([]);
  });
});

it('README.md has less than 180 lines, and leads to each page of docs', () => {
  expect(readPage('README.md').split('\n').length).toBeLessThan(180);
  const listed = linksOf('README.md').map(([path]) => path);
  const wanted = linksOf('docs/README.md').filter(([path]) => path.startsWith('docs/'));
  expect(wanted.filter(([path]) => !listed.includes(path))).toEqual([]);
});

it('docs/custom-code.md is the page of a project; `npm run docs:transcripts` writes it', () => {
  const page = readPage('docs/custom-code.md');
  expect(page).toBe(withExamples(page));
});

const marked = /^(not run: .|run by (\S+))/;

/** Lines with commands: neither settings nor comments. */
function commandLines({ text }: Block): string[] {
  const lines = text.replace(/\\\n\s*/g, ' ').split('\n');
  return lines.filter((line) => line.trim() !== '' && !/^\s*(#|[A-Z][A-Z_0-9]*=)/.test(line));
}

const ours =
  /^\s*(?:\$ )?(?:npx (?:--yes )?(?:openapi-to-mcp|@openapi-to-mcp\/cli)|openapi-to-mcp)\s+(.*)$/;

describe('blocks of commands', () => {
  const shells = pages.flatMap((page) =>
    blocksOf(readPage(page))
      .filter(({ language }) => language === 'sh')
      .map((block) => [`${page}:${block.line}`, block] as const),
  );

  it.each(shells)('%s names the file that runs it, or the reason why none does', (_, block) => {
    const [, , file] = marked.exec(block.comment) ?? [];
    expect(file === undefined || existsSync(join(root, file)), file).toBe(true);
    const foreign = commandLines(block).filter((line) => !ours.test(line));
    if (!marked.test(block.comment)) expect(foreign).toEqual([]);
  });

  const unmarked = shells.filter(([, { comment }]) => !marked.test(comment));

  it.each(unmarked.filter(([, block]) => commandLines(block).length > 0))(
    '%s has commands and options that exist',
    async (_, block) => {
      const streams = { stdout: new Sink(), stderr: new Sink() };
      const program = await createProgram(streams, () => Promise.resolve());
      for (const line of commandLines(block)) {
        const [, rest = ''] = ours.exec(line) ?? [];
        const [name = '', ...words] = rest.replace(/\s#.*$/, '').split(/\s+/);
        const command = program.commands.find((one) => one.name() === name);
        expect(command?.name(), line).toBe(name);
        const known = command?.options.flatMap(({ long, short }) => [long, short]) ?? [];
        const used = words.filter((word) => /^--?[a-z]/.test(word));
        expect(
          used.filter((word) => !known.includes(word) && word !== '--help'),
          line,
        ).toEqual([]);
      }
    },
  );
});
