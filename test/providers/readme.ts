import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { renderProse } from '../../src/emit/prose.js';
import { samplePlan } from '../emit/sample.js';
import { root } from '../support/fixtures.js';
import type { Provider } from './provider.js';

export type Variables = Readonly<Record<string, string>>;

/** The blocks of variables in each section of "Providers" of a generated README, in order. */
export function readBlocks(): ReadonlyMap<string, readonly Variables[]> {
  const template = readFileSync(join(root, 'templates/README.md.hbs'), 'utf8');
  const [, part = ''] = renderProse(template, samplePlan()).split(/^## Providers$/m);
  const [, ...sections] = part.split(/^### /m);
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')),
      [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = '']) => variablesIn(text)),
    ]),
  );
}

/** What the README says to set for a provider, with the words in capitals replaced. */
export function variablesOf({ section, blocks, values }: Provider, more: Variables): Variables {
  const all = { ...values, ...more };
  const filled = blocks.flatMap((index) =>
    Object.entries(readBlocks().get(section)?.[index] ?? missing(`${section}, block ${index}`)),
  );
  const fill = (word: string) => all[word] ?? missing(`${section}: ${word}`);
  return Object.fromEntries(
    filled.map(([name, value]) => [name, value.replace(/\b[A-Z][A-Z_]+[A-Z]\b/g, fill)]),
  );
}

function variablesIn(text: string): Variables {
  return parseEnv(text) as Record<string, string>;
}

function missing(what: string): never {
  throw new Error(`Not there: ${what}`);
}
