import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, commandsOf, pages, readPage } from './blocks.js';
import { matches, Stage, trimmed } from './transcript.js';

const consoles = pages
  .map((page) => [page, blocksOf(readPage(page)).filter(isConsole)] as const)
  .filter(([, blocks]) => blocks.length > 0);

function isConsole({ language }: { readonly language: string }): boolean {
  return language === 'console';
}

describe.each(consoles)('%s', (page, blocks) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  it.each(blocks.map((block) => [block.line, block] as const))(
    'shows at line %d what its commands print; `npm run docs:transcripts` writes it',
    async (line, { text, comment }) => {
      expect(text).toMatch(/^\$ /);
      if (/^not run: ./.test(comment)) return;
      for (const { command, output } of commandsOf(text)) {
        const printed = await stage.run(command);
        if (!matches(output, printed))
          expect(trimmed(printed), `${page}:${line}: ${command}`).toBe(trimmed(output));
      }
    },
  );
});

it('runs the commands of most blocks', () => {
  const all = consoles.flatMap(([, blocks]) => blocks);
  const run = all.filter(({ comment }) => !comment.startsWith('not run: '));
  expect(run.length).toBeGreaterThan(10);
  expect(run.length).toBeGreaterThan(all.length / 2);
});

describe('the comparison', () => {
  it.each([
    ['a\n', 'a\n', true],
    ['a', 'b', false],
    ['a\n…\nz', 'a\nb\nc\nz', true],
    ['…\nz', 'a\nz', true],
    ['a\n…', 'a\nb', true],
    ['a\n…', 'b\na', false],
    ['63 files', '103 files', false],
    ['a.c', 'abc', false],
  ])('of %j with %j gives %j', (shown, printed, expected) => {
    expect(matches(shown, printed)).toBe(expected);
  });
});
