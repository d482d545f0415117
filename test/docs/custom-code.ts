import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/fixtures.js';

const begin = "<!-- a project's page: npm run docs:transcripts writes it -->\n";

/** The page on custom code with the text that a project gets: here, that of the petstore. */
export function withExamples(page: string): string {
  const [introduction = ''] = page.split(begin);
  const path = join(root, 'fixtures/petstore-3.1/expected/docs/custom-code.md');
  const text = readFileSync(path, 'utf8').replace(/^# .*\n/, '');
  return `${introduction}${begin}${text.replaceAll('](../src/', '](../templates/src/')}`;
}
