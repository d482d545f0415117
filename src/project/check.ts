import type { Change } from '../diff/change.js';
import { InputError } from '../errors.js';
import { make } from '../generate.js';
import { lockPath } from '../lock/lock.js';
import type { Terminal } from '../print/terminal.js';
import { check, type Difference } from '../write/write.js';
import { plural } from '../numbers.js';
import { formatChanges } from '../print/changes.js';
import { factsOf } from './facts.js';
import { failOnWarnings } from './flags.js';
import { isOfApi, meaningOf } from './meaning.js';
import { showWarnings } from '../print/problems.js';
import { formatReplaced } from './replaced-options.js';
import { documentOf, type Resolved } from './resolve-flags.js';

/**
 * Reports what `generate` would change in a project. Resolves to the exit status. @throws InputError when it cannot
 * be determined: there is no project, or the document cannot be used
 */
export async function checkCommand(run: Resolved, terminal: Terminal): Promise<number> {
  const { flags, options, directory } = run;
  if (flags.force !== true && run.lock === undefined) throw noProject(directory);
  const { plan, files } = await make(await documentOf(run), options);
  const facts = await factsOf(plan, directory);
  const differences = await check(files, directory, flags);
  const isHiddenOther = run.lock?.source.hidden !== plan.source.hidden;
  const isOther = isHiddenOther || differences.some(({ path }) => isOfApi(path));
  const changes = isOther ? await meaningOf(plan, directory, run.lock) : undefined;
  failOnWarnings(flags, facts.warnings);
  showWarnings(facts.warnings, terminal);
  for (const line of formatReplaced(run)) terminal.remark(`${line}\n`);
  const ok = differences.length === 0;
  terminal.result(
    { ok, directory, ...facts, differences, changes },
    format(directory, differences, changes, terminal),
  );
  return ok ? 0 : 1;
}

function format(
  directory: string,
  differences: readonly Difference[],
  changes: readonly Change[] | undefined,
  terminal: Terminal,
): string {
  if (differences.length === 0) return `${directory} is up to date.\n`;
  const lines = differences.map(({ kind, path }) => `${kind.padEnd(7)} ${path}\n`);
  const meaning = changes === undefined ? '' : `\n${formatChanges(changes, terminal)}`;
  return `${lines.join('')}\n${directory} is not up to date: ${plural(differences.length, 'file')} would change.\n${meaning}`;
}

function noProject(directory: string): InputError {
  return new InputError({
    code: 'NO_PROJECT',
    message: `${directory} has no ${lockPath}, so it is not a project to compare with.`,
    place: '--check',
    remedy:
      'Name its folder with --output, or generate it first, without --check. With --force, files are compared without a lock.',
  });
}
