import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { main } from '../../src/cli.js';
import { formatProblems } from '../../src/print/problems.js';
import { printLock, lockPath, parseLock } from '../../src/lock/lock.js';
import { Terminal } from '../../src/print/terminal.js';
import { generate, prepare } from '../../src/generate.js';
import type { Plan } from '../../src/plan/types.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = join(root, 'fixtures');

/** A case: a folder with an input and its expected output. */
export interface Fixture {
  readonly name: string;
  readonly folder: string;
  /** The arguments of `generate` after `--url <input>`, or all of them if there is a `command.json`. */
  readonly args: readonly string[];
  readonly fails: boolean;
}

/** The output of a case: its files by path, and the copied ones, which are compared with `templates` instead. */
export interface Rendered {
  readonly files: ReadonlyMap<string, string>;
  readonly copied: ReadonlyMap<string, string>;
}

export function listFixtures(): Fixture[] {
  return readdirSync(fixtures).map((name) => {
    const folder = join(fixtures, name);
    const fails = name.startsWith('error-');
    return { name, folder, fails, args: readArgs(folder) };
  });
}

/** The input of a case, relative to the repository. */
export function inputOf({ folder }: Fixture): string {
  const found = ['input.yaml', 'input.json', 'input/openapi.yaml'].find((name) =>
    existsSync(join(folder, name)),
  );
  return relative(root, join(folder, found ?? 'input.yaml'));
}

/** The project that a case generates. The repository's root must be the working directory. */
export async function render(fixture: Fixture): Promise<Rendered> {
  const { plan, files } = await generate({
    url: inputOf(fixture),
    output: 'project',
    ...optionsOf(fixture.args),
  });
  const rendered = files
    .filter(({ path }) => !isCopied(path))
    .map(({ path, content }) => [`expected/${path}`, withoutRuntime(path, content)] as const);
  const warnings =
    plan.warnings.length === 0
      ? []
      : [
          [
            'warnings.txt',
            formatProblems(
              plan.warnings,
              new Terminal({ stdout: capture(), stderr: capture() }, false),
            ),
          ] as const,
        ];
  return {
    files: new Map([...rendered, ...warnings]),
    copied: new Map(
      files.filter(({ path }) => isCopied(path)).map(({ path, content }) => [path, content]),
    ),
  };
}

/** The plan that a case's project is printed from. The repository's root must be the working directory. */
export async function planOf(fixture: Fixture): Promise<Plan> {
  return prepare({ url: inputOf(fixture), output: 'project', ...optionsOf(fixture.args) });
}

/** The output of the command line for a failing case. */
export async function fail(
  fixture: Fixture,
  output: string,
): Promise<{ status: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [capture(), capture()];
  const status = await main(
    ['generate', '--url', inputOf(fixture), '--output', output, ...fixture.args],
    { stdout, stderr },
  );
  // A missing path is printed in full, and would differ on every machine.
  return { status, stdout: stdout.text(), stderr: stderr.text().replaceAll(root, '/…/') };
}

/** The files of a folder and below, by path with forward slashes. */
export function readFolder(folder: string, base = folder): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory()
        ? [...readFolder(path, base)]
        : [[relative(base, path), readFileSync(path, 'utf8')] as const];
    }),
  );
}

// The runtime is the same in every project: with its hashes, every change to it would change every fixture.
function withoutRuntime(path: string, content: string): string {
  if (path !== lockPath) return content;
  const lock = parseLock(content);
  const files = new Map([...lock.files].filter(([name]) => !isCopied(name)));
  return printLock({ ...lock, files });
}

/** The file of this repository that a file of a project is a copy of. */
function sourceOf(path: string): string | undefined {
  const source = join(root, path.startsWith('docs/providers/') ? '' : 'templates', path);
  return existsSync(source) ? source : undefined;
}

function isCopied(path: string): boolean {
  return sourceOf(path) !== undefined;
}

/** The template that a copied file of a case must equal: the one for its platform, if there are two. */
export function templateOf({ args }: Fixture, path: string): string {
  const variant = join(root, 'templates', path.replace(/(\.[a-z]+)$/, '.workers$1'));
  return args.includes('workers') && existsSync(variant) ? variant : (sourceOf(path) ?? '');
}

function readArgs(folder: string): string[] {
  const path = join(folder, 'args.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as string[]) : [];
}

/** Repeatable flags, with their names in the programmatic API. */
const lists: Readonly<Record<string, string>> = {
  include: 'include',
  exclude: 'exclude',
  overlay: 'overlays',
  pin: 'pin',
};

/** Flags in the form of the programmatic API: `--oauth-server x` is `oauthServer: 'x'`. */
function optionsOf(args: readonly string[]): Record<string, string | string[]> {
  const single: Record<string, string> = {};
  const repeated: Record<string, string[]> = {};
  for (const [index, arg] of args.entries()) {
    if (!arg.startsWith('--')) continue;
    const flag = arg.slice(2);
    const value = args[index + 1] ?? '';
    const list = lists[flag];
    const name = flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    if (list === undefined) single[name] = value;
    else repeated[list] = [...(repeated[list] ?? []), value];
  }
  return { ...single, ...repeated };
}

function capture(): Writable & { text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return Object.assign(stream, { text: () => chunks.join('') });
}
