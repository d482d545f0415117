import { describe, expect, it } from 'vitest';
import { format } from 'prettier';
import { markdownCode, markdownText } from '../../src/emit/markdown.js';
import { markdownNodes } from './markdown-nodes.js';

const hostile = [
  '<script>alert(1)</script>',
  '<!-- x',
  '[click](javascript:alert(1))',
  '![x](http://evil.example/x.png)',
  'http://evil.example www.evil.example a@evil.example',
  '**bold** _it_ ~~gone~~ `code`',
  '| cell | cell |',
  'line\n\n# heading\n- item',
  '- item',
  '12. item',
  '> quote',
  '&lt;b&gt; &#106;',
  'ends with \\',
  '`` ` ```',
];

describe('markdownText', () => {
  it.each(hostile)('is only text: %j', async (text) => {
    const nodes = await markdownNodes(await format(markdownText(text), { parser: 'markdown' }));
    const types = [...new Set(nodes.map(({ type }) => type))];
    expect(
      types.filter((type) => !/^(root|paragraph|sentence|word|whitespace|text)$/.test(type)),
    ).toEqual([]);
  });

  it('is one cell', async () => {
    const table = `| a |\n| --- |\n| ${hostile.map(markdownText).join(' ')} |\n`;
    const nodes = await markdownNodes(await format(table, { parser: 'markdown' }));
    expect(nodes.filter(({ type }) => type === 'tableCell')).toHaveLength(2);
    expect(nodes.filter(({ type }) => /html|link|image|code|strong/i.test(type))).toEqual([]);
  });

  it('leaves an ordinary title unchanged', () => {
    expect(markdownText('Petstore (v1.0), pets & more: "all"!')).toBe(
      'Petstore (v1.0), pets \\& more: "all"!',
    );
  });
});

describe('markdownCode', () => {
  it.each(hostile)('is one code span in one cell: %j', async (text) => {
    const nodes = await markdownNodes(`| a |\n| --- |\n| ${markdownCode(text)} |\n`);
    expect(nodes.filter(({ type }) => type === 'tableCell')).toHaveLength(2);
    const codes = nodes.filter(({ type }) => type === 'inlineCode');
    expect(codes.map(({ value }) => value?.replaceAll('\\|', '|'))).toEqual([
      text.replace(/\s+/g, ' '),
    ]);
    expect(nodes.filter(({ type }) => /html|link|image/i.test(type))).toEqual([]);
  });

  it('is empty for an empty text', () => {
    expect(markdownCode('')).toBe('');
  });
});
