import { listTemplates } from '../emit/templates.js';
import type { Change } from '../diff/change.js';
import { InputError } from '../errors.js';
import { make, type GenerateOptions } from '../generate.js';
import { hashIngredients } from '../lock/ingredients.js';
import type { Document } from '../load/document.js';
import { lockPath, type LockedRun } from '../lock/lock.js';
import type { Terminal } from '../terminal.js';
import { check, checkSealed, type Difference } from '../write.js';
import { plural } from './budget.js';
import { formatChanges } from './changes-text.js';
import { factsOf, factsOfRun, type Facts } from './facts.js';
import { failOnWarnings, type GenerateFlags } from './flags.js';
import { isOfApi, meaningOf } from './meaning.js';
import { formatWarnings } from './problems.js';
import { formatReplaced } from './replaced-options.js';
import { documentOf, type Resolved } from './resolve-flags.js';

interface Checked {
  readonly facts: Facts;
  /** What the differences mean; absent when they mean nothing, or the project cannot be read. */
  readonly changes?: readonly Change[];
  readonly differences: readonly Difference[];
  /** How many warnings of each code are not among the facts. */
  readonly untold: LockedRun['warnings'];
}

/**
 * Says what `generate` would change in a project. Resolves to the exit status.
 * @throws InputError when it cannot tell: there is no project, or one cannot be made of the document
 */
export async function checkCommand(run: Resolved, terminal: Terminal): Promise<number> {
  const { flags, options, directory, recorded } = run;
  if (flags.force !== true && run.lock === undefined) throw noProject(directory);
  const document = await documentOf(run);
  const { facts, differences, untold, changes } =
    (await checkBySeal(document, options, directory, flags, terminal)) ??
    (await checkByMaking(document, options, directory, flags));
  failOnWarnings(flags, facts.warnings);
  if (facts.warnings.length > 0) terminal.remark(`${formatWarnings(facts.warnings, terminal)}\n`);
  if (untold.size > 0) terminal.remark(`Left out or changed, as before: ${list(untold)}.\n`);
  if (recorded !== undefined)
    terminal.remark(
      formatReplaced(recorded, flags)
        .map((line) => `${line}\n`)
        .join(''),
    );
  const ok = differences.length === 0;
  terminal.result(
    { ok, directory, ...facts, differences, ...(changes !== undefined && { changes }) },
    format(directory, differences, changes, terminal.resultColumns),
  );
  return ok ? 0 : 1;
}

/**
 * Making thousands of tools takes far longer than reading their document, so that is left out when a hash says that
 * the same would come of it: not with `--force`, which means not to believe the lock, nor where all warnings count.
 */
async function checkBySeal(
  document: Document,
  options: GenerateOptions,
  directory: string,
  { force, strict, ci }: GenerateFlags,
  { json }: Terminal,
): Promise<Checked | undefined> {
  if (force === true || strict === true) return undefined;
  const yours = (await listTemplates(ci)).filter(({ owner }) => owner === 'yours');
  const paths = yours.map(({ path }) => path);
  const found = await checkSealed(hashIngredients(document, options), paths, directory);
  const run = found?.lock.run;
  if (found === undefined || run === undefined || (json && run.warnings.size > 0)) return undefined;
  const facts = await factsOfRun(run, document, options, directory);
  return { facts, differences: found.differences, untold: run.warnings };
}

async function checkByMaking(
  document: Document,
  options: GenerateOptions,
  directory: string,
  flags: GenerateFlags,
): Promise<Checked> {
  const { plan, files } = await make(document, options);
  const facts = await factsOf(plan, directory);
  const differences = await check(files, directory, flags);
  const isOther = differences.some(({ path }) => isOfApi(path));
  const changes = isOther ? await meaningOf(plan.api, directory) : undefined;
  return { facts, differences, untold: new Map(), ...(changes !== undefined && { changes }) };
}

function format(
  directory: string,
  differences: readonly Difference[],
  changes: readonly Change[] | undefined,
  columns: number,
): string {
  if (differences.length === 0) return `${directory} is up to date.\n`;
  const lines = differences.map(({ kind, path }) => `${kind.padEnd(7)} ${path}\n`);
  const meaning = changes === undefined ? '' : `\n${formatChanges(changes, columns)}`;
  return `${lines.join('')}\n${directory} is not up to date: ${plural(differences.length, 'file')} would change.\n${meaning}`;
}

function list(counts: LockedRun['warnings']): string {
  return [...counts].map(([code, number]) => `${number} ${code}`).join(', ');
}

function noProject(directory: string): InputError {
  return new InputError({
    code: 'NO_PROJECT',
    message: `${directory} has no ${lockPath}, so there is no project to compare with.`,
    place: '--check',
    remedy:
      'Name the folder of one with --output, or generate it first, without --check; with --force, files are compared with what would be generated.',
  });
}
