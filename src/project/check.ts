import { InputError } from '../errors.js';
import { make } from '../generate.js';
import { lockPath } from '../lock/lock.js';
import type { Terminal } from '../print/terminal.js';
import { check, type Difference } from '../write/write.js';
import { plural } from '../numbers.js';
import { factsOf } from './facts.js';
import { failOnWarnings } from './flags.js';
import { formatMeaning, markdownOf, meaningOf, type Meaning } from './meaning.js';
import { showWarnings } from '../print/problems.js';
import { formatReplaced } from './recorded-options.js';
import { documentOf, type Resolved } from './resolve-flags.js';

/**
 * Reports what `generate` would change in a project. Resolves to the exit status. @throws InputError when it cannot
 * be determined: there is no project, or the document cannot be used
 */
export async function checkCommand(
  run: Resolved,
  terminal: Terminal,
  form?: 'text' | 'markdown' | 'json',
): Promise<number> {
  const { flags, options, directory } = run;
  if (flags.force !== true && run.lock === undefined) throw noProject(directory);
  const { plan, files } = await make(await documentOf(run), options);
  const facts = await factsOf(plan, directory);
  const differences = await check(files, directory, flags);
  const meaning = await meaningOf(plan, run, differences);
  failOnWarnings(flags, facts.warnings);
  showWarnings(facts.warnings, terminal);
  for (const line of formatReplaced(run)) terminal.remark(`${line}\n`);
  const ok = differences.length === 0;
  terminal.result(
    { ok, directory, ...facts, differences, ...membersOf(meaning) },
    form === 'markdown'
      ? markdownOf(meaning, differences, run)
      : format(directory, differences, meaning, terminal),
  );
  return ok ? 0 : 1;
}

function format(
  directory: string,
  differences: readonly Difference[],
  meaning: Meaning,
  terminal: Terminal,
): string {
  if (differences.length === 0) return `${directory} is up to date.\n`;
  const lines = differences.map(({ kind, path }) => `${kind.padEnd(7)} ${path}\n`);
  const sentence = `${directory} is not up to date: ${plural(differences.length, 'file')} would change.`;
  return `${lines.join('')}\n${[sentence, ...formatMeaning(meaning, terminal)].join('\n')}\n`;
}

/** The members of the JSON result, which are left out if there is nothing to report. */
function membersOf({ changes, unknown }: Meaning): Partial<Meaning> {
  return {
    ...(changes.length > 0 && { changes }),
    ...(unknown.length > 0 && { unknown }),
  };
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
