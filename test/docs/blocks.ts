import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/fixtures.js';

/** A fenced block of a page, and the comment directly above it. */
export interface Block {
  readonly language: string;
  /** Without the fences and the indentation of the block. */
  readonly text: string;
  readonly comment: string;
  /** The line of its opening fence, from 1. */
  readonly line: number;
}

/** One command of a block, and its output on the page. */
export interface Shown {
  readonly command: string;
  readonly output: string;
}

/** The pages of this repository that people read first, relative to its root. */
export const pages: readonly string[] = [
  'README.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .sort(),
];

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

const fence =
  /^(?: *<!-- (?<comment>[^\n]*) -->\n\n?)?(?<indent> *)```(?<language>\S*)[^\n]*\n(?<text>[^]*?)^\k<indent>```$/gm;

/** The fenced blocks of a page, in order. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(fence)].map((found) => {
    const { comment = '', indent = '', language = '', text: inside = '' } = found.groups ?? {};
    const opening = found.index + found[0].indexOf('```');
    return {
      language,
      comment,
      text: inside.replace(new RegExp(`^${indent}`, 'gm'), ''),
      line: text.slice(0, opening).split('\n').length,
    };
  });
}

/** The commands of a console block, which begin with `$ `; a backslash continues one on the next line. */
export function commandsOf(text: string): Shown[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [, command = '', output = ''] = /^((?:.*\\\n)*.*)\n?([^]*)$/.exec(part) ?? [];
      return { command, output };
    });
}
