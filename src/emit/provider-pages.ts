import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../package.js';
import { providerIdOf } from '../providers.js';
import type { OutputFile } from './file.js';

/** The folder of the pages, in this package and in a project. */
const folder = 'docs/providers';

/** A page about one authorization server. */
interface ProviderPage {
  /** The name of its file without `.md`. */
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** The pages, with their index, as files of a project: its README links to all of them. */
export function providerFiles(): OutputFile[] {
  return readFiles().map(([file, content]) => {
    return { path: `${folder}/${file}`, content, owner: 'yours' };
  });
}

/** The providers in the README of a project: its own with the setup, and links to the other pages. */
export function providersView(issuer: string): object {
  const pages = readPages();
  const id = providerIdOf(issuer);
  const own = pages.find((page) => page.id === id);
  return {
    provider: own && { name: own.name, text: setupOf(own), path: pathOf(own) },
    providers: pages
      .filter((page) => page !== own)
      .map((page) => ({ name: page.name, path: pathOf(page) })),
  };
}

function pathOf({ id }: ProviderPage): string {
  return `${folder}/${id}.md`;
}

/** The pages in the order of their file names. */
function readPages(): ProviderPage[] {
  return readFiles()
    .filter(([file]) => file !== 'README.md')
    .map(([file, text]) => {
      const [, name = ''] = /^# (.+)/.exec(text) ?? [];
      return { id: file.replace(/\.md$/, ''), name, text };
    });
}

function readFiles(): (readonly [file: string, text: string])[] {
  const root = packagePath(folder);
  const files = readdirSync(root).filter((file) => file.endsWith('.md'));
  return files.sort().map((file) => [file, readFileSync(join(root, file), 'utf8')]);
}

/** The sections that an operator follows; the page has the rest. Their headings are two levels lower, for a README. */
function setupOf({ text }: ProviderPage): string {
  const sections = text.split(/^(?=## )/m);
  const wanted = ['## At the provider', '## Variables'];
  const chosen = wanted.flatMap(
    (title) => sections.find((one) => one.startsWith(`${title}\n`)) ?? [],
  );
  return chosen.join('').replace(/^## /gm, '#### ').trimEnd();
}
