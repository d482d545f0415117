import { expect, it } from 'vitest';
import { parseUrl } from '../../templates/src/runtime/text.js';

it.each<[text: string, base?: string]>([
  ['https://bücher.example/'],
  ['/x', 'https://bücher.example'],
  ['https://a.example/ü'],
])('%s (%s) is a URL, however often it is asked', (text, base) => {
  const answers = Array.from({ length: 50_000 }, () => parseUrl(text, base)?.href);
  expect(new Set(answers)).toEqual(new Set([new URL(text, base).href]));
});

it.each<[text: string, base?: string]>([['bücher'], ['https://ü ü/'], ['//', 'https://a.example']])(
  '%s (%s) is none',
  (text, base) => {
    expect(parseUrl(text, base)).toBeUndefined();
  },
);
