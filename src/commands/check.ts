import type { Change } from '../diff/change.js';
import { compareApis } from '../diff/compare-apis.js';
import { readProject } from '../diff/read-project.js';
import { InputError } from '../errors.js';
import { generate } from '../generate.js';
import { lockPath } from '../lock/lock.js';
import type { Terminal } from '../terminal.js';
import { check, readLock, type Difference } from '../write.js';
import { plural } from './budget.js';
import { formatChanges } from './changes-text.js';
import { factsOf } from './facts.js';
import { failOnWarnings, toOptions, type GenerateFlags } from './flags.js';
import { formatWarnings } from './problems.js';

/**
 * Reports what `generate` would change in a project. Resolves to the exit status.
 * @throws InputError when that is unknown: there is no project, or one cannot be made of the document
 */
export async function checkCommand(flags: GenerateFlags, terminal: Terminal): Promise<number> {
  const { plan, files } = await generate(toOptions(flags, terminal));
  const directory = flags.output ?? `./${plan.projectName}`;
  if (flags.force !== true && (await readLock(directory)) === undefined) throw noProject(directory);
  const facts = await factsOf(plan, directory);
  const differences = await check(files, directory, flags);
  const changes = await meaningOf(differences, plan.api, directory);
  failOnWarnings(flags, facts.warnings);
  if (facts.warnings.length > 0) terminal.remark(`${formatWarnings(facts.warnings, terminal)}\n`);
  const ok = differences.length === 0;
  terminal.result(
    { ok, directory, ...facts, differences, ...(changes !== undefined && { changes }) },
    format(directory, differences, changes, terminal.resultColumns),
  );
  return ok ? 0 : 1;
}

/** What the differences mean to callers; undefined when they mean nothing, or the project cannot be read. */
async function meaningOf(
  differences: readonly Difference[],
  api: Parameters<typeof compareApis>[1],
  directory: string,
): Promise<Change[] | undefined> {
  if (!differences.some(({ path }) => path.startsWith('src/generated/'))) return undefined;
  try {
    const changes = compareApis(await readProject(directory), api);
    return changes.length === 0 ? undefined : changes;
  } catch (error) {
    // Edited by hand, perhaps, which the differences report.
    if (error instanceof InputError) return undefined;
    throw error;
  }
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

function noProject(directory: string): InputError {
  return new InputError({
    code: 'NO_PROJECT',
    message: `${directory} has no ${lockPath}, so there is no project to compare with.`,
    place: '--check',
    remedy:
      'Name its folder with --output, or generate it first, without --check; with --force, files are compared without a lock.',
  });
}
