import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { OutputFile } from '../../src/emit/file.js';
import { InputError } from '../../src/errors.js';
import { generate, type Generated } from '../../src/generate.js';
import type { Plan } from '../../src/plan/types.js';
import { totalTokens } from '../../src/plan/tools/tokens.js';
import { write } from '../../src/write/write.js';
import { faultsOf } from '../emit/oracle.js';
import { checkEstimate, checkTools, checkValidator, leftOut } from './check-plan.js';
import type { CorpusDocument } from './packages.js';
import { boot, compile, load } from './server.js';
import { readSource, reversed, type Source } from './source.js';

/** The outcome for a document. */
export interface Outcome {
  readonly version: string;
  readonly operations: number;
  readonly tools: number;
  /** By the code of the warning: the number of operations that became no tool. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** By code: all warnings. */
  readonly warnings: Readonly<Record<string, number>>;
  /** What `generate` took, the first time. */
  readonly seconds: number;
  /** The most memory this process has ever had, when `generate` was done the first time. */
  readonly megabytes: number;
  readonly tokens: number;
  /** The codes of the InputError that `generate` ended with. */
  readonly refused?: readonly string[];
  readonly failures: readonly string[];
}

/** Bytes. Larger documents are generated twice, but not from a reordered one too. */
const reorderedBelow = 2_000_000;

/** Larger ones are generated once, and so are those that only `--all` runs on. */
const repeatedBelow = 15_000_000;

/**
 * Generates from a document and checks all that came out of it. `scratch` is a folder that all documents of a run
 * share: for projects, and for the marks of those that were found to work.
 */
export async function examine(document: CorpusDocument, scratch: string): Promise<Outcome> {
  const folder = await mkdtemp(join(scratch, 'project-'));
  const began = performance.now();
  const measure = () => ({
    seconds: (performance.now() - began) / 1000,
    megabytes: process.resourceUsage().maxRSS / 1024,
  });
  try {
    const generated = await generate({ url: document.file, output: folder });
    const cost = measure();
    return { ...cost, ...(await judge(document, generated, folder)) };
  } catch (error) {
    const failed = { ...measure(), ...nothing, ...(await count(document)) };
    return error instanceof InputError
      ? { ...failed, refused: error.problems.map(({ code }) => code) }
      : {
          ...failed,
          failures: [
            `it crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          ],
        };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const nothing = { tools: 0, leftOut: {}, warnings: {}, tokens: 0, failures: [] };

async function count({ file }: CorpusDocument): Promise<Pick<Outcome, 'version' | 'operations'>> {
  const source = await readSource(file).catch(() => undefined);
  return { version: source?.version ?? '', operations: source?.operations.length ?? 0 };
}

async function judge(
  document: CorpusDocument,
  generated: Generated,
  folder: string,
): Promise<Omit<Outcome, 'seconds' | 'megabytes'>> {
  const { plan, files } = generated;
  const source = await readSource(document.file);
  const { reasons, failures } = leftOut(source, plan);
  return {
    version: source.version,
    operations: source.operations.length,
    tools: plan.api.tools.length,
    leftOut: reasons,
    warnings: tally(plan.warnings.map(({ code }) => code)),
    tokens: totalTokens(plan.api),
    failures: [
      ...failures,
      ...checkTools(plan),
      ...checkEstimate(plan),
      ...checkValidator(plan),
      ...(document.selected ? await faultsOf(files) : []),
      ...(await checkProject(document, files, plan, folder)),
      ...(await checkRepetition(document, source, files, folder)),
    ],
  };
}

function tally(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/**
 * Compiles and starts a project. Not again when its source is, to the byte, that of one that was found to work; and
 * not in a process of its own when only `--all` runs on the document.
 */
async function checkProject(
  { selected }: CorpusDocument,
  files: readonly OutputFile[],
  plan: Plan,
  folder: string,
): Promise<string[]> {
  const mark = join(dirname(folder), `works-${digest(files)}`);
  if (existsSync(mark)) return [];
  await write(files, folder);
  const errors = await compile(folder, dirname(folder));
  const start = selected ? boot : load;
  const failures = errors.length > 0 ? errors : await start(folder, plan);
  if (failures.length === 0) await writeFile(mark, '');
  return failures;
}

function digest(files: readonly OutputFile[]): string {
  const hash = createHash('sha256');
  for (const { path, content } of files.filter(isSource))
    hash.update(JSON.stringify([path, content]));
  return hash.digest('hex');
}

/** The compiled files. The others (lock, README, package.json) name the document, so they differ with its place. */
function isSource({ path }: OutputFile): boolean {
  return path.startsWith('src/') || path === 'tsconfig.json';
}

async function checkRepetition(
  { file, bytes, selected }: CorpusDocument,
  { document }: Source,
  files: readonly OutputFile[],
  output: string,
): Promise<string[]> {
  if (!selected || bytes >= repeatedBelow) return [];
  const again = await generate({ url: file, output });
  const failures = compare('the second time', files, again.files);
  if (bytes >= reorderedBelow) return failures;
  // Beside the document, so that it refers to the same other files.
  const copy = join(dirname(file), `.${basename(file)}.reversed`);
  try {
    await writeFile(copy, JSON.stringify(reversed(document)));
    const reordered = await generate({ url: copy, output });
    return [
      ...failures,
      ...compare(
        'with its paths reversed',
        files.filter(isSource),
        reordered.files.filter(isSource),
      ),
    ];
  } finally {
    await rm(copy, { force: true });
  }
}

function compare(
  when: string,
  expected: readonly OutputFile[],
  actual: readonly OutputFile[],
): string[] {
  const contents = new Map(actual.map(({ path, content }) => [path, content]));
  const different = expected.filter(({ path, content }) => contents.get(path) !== content);
  const names = different.map(({ path }) => path);
  return different.length === 0 && expected.length === actual.length
    ? []
    : [
        `${when} ${names.length} of ${expected.length} files differ: ${names.slice(0, 3).join(', ')}`,
      ];
}
