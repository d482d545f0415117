import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shellQuote } from '../emit/quote.js';
import { InputError } from '../errors.js';
import { make, type Generated } from '../generate.js';
import { lockVersion } from '../lock/lock.js';
import type { Plan } from '../plan/types.js';
import type { Terminal } from '../print/terminal.js';
import { write, type Difference } from '../write/write.js';
import { plural, someOf } from '../numbers.js';
import { callersOf, factsOf, overStdio } from './facts.js';
import { checkCommand } from './check.js';
import { failOnWarnings, type GivenFlags } from './flags.js';
import { ciWarnings } from './kept-files.js';
import { formatMeaning, lossesFirst, markdownOf, meaningOf, type Meaning } from './meaning.js';
import { listingOf } from '../print/budget.js';
import { showWarnings } from '../print/problems.js';
import { formatReplaced, replacedOptions } from './recorded-options.js';
import { documentOf, resolveFlags, type Resolved } from './resolve-flags.js';

/** The flags of `generate` itself. */
export type GenerateCommandFlags = GivenFlags & {
  readonly json?: boolean;
  readonly format?: 'text' | 'markdown' | 'json';
};

/** How a command that generates reports it. */
interface Reporting {
  /** Added to the JSON result. */
  readonly more?: object;
  /** The next steps are left to the caller. */
  readonly withoutSteps?: boolean;
  /** The user is the only caller, over stdio. */
  readonly isLocal?: boolean;
}

/**
 * Generates a project into a folder or, with `--check`, reports what would change. Recorded options of the project
 * stay unless a flag replaces them. Resolves to the exit status.
 */
export async function generateCommand(
  { format, ...given }: GenerateCommandFlags,
  terminal: Terminal,
  { more, withoutSteps = false, isLocal = false }: Reporting = {},
): Promise<number> {
  if (given.output?.trim() === '') throw emptyOutput();
  const run = await resolveFlags(given, terminal);
  const { flags, directory } = run;
  if (flags.check === true) return checkCommand(run, terminal, format);
  const made = await make(await documentOf(run), run.options);
  const { plan } = made;
  const all = await factsOf(plan, directory, ciWarnings(run));
  const facts = isLocal ? { ...all, warnings: overStdio(all.warnings) } : all;
  failOnWarnings(flags, facts.warnings);
  const { differences, changes, unknown } = await writeAndCompare(made, run);
  showWarnings(facts.warnings, terminal);
  terminal.result(
    {
      ok: true,
      directory,
      ...facts,
      replaced: replacedOptions(run),
      differences,
      changes,
      ...(unknown.length > 0 && { unknown }),
      ...more,
    },
    format === 'markdown'
      ? markdownOf({ changes, unknown }, differences, run)
      : formatSummary(made, run, { differences, changes, unknown, withoutSteps }, terminal),
  );
  return 0;
}

/** Writes the files. Their effect is determined just before, because afterwards the project is another one. */
async function writeAndCompare({ plan, files }: Generated, run: Resolved): Promise<Outcome> {
  let meaning: Meaning | undefined;
  const differences = await write(files, run.directory, {
    ...run.flags,
    beforeChange: async (found) => {
      meaning = await meaningOf(plan, run, found);
    },
  });
  const { changes = [], unknown = [] } = meaning ?? {};
  return { differences, changes: lossesFirst(changes), unknown };
}

/** Otherwise `-o "$OUT"` with an unset variable would write into the current folder. */
function emptyOutput(): InputError {
  return new InputError({
    code: 'INVALID_OPTION',
    message: 'The name of the output folder is empty.',
    place: '--output',
    remedy: 'Pass a name, or . for the current folder.',
  });
}

/** The files that were changed, and the effect on users of the project. */
interface Outcome extends Meaning {
  readonly differences: readonly Difference[];
}

function formatSummary(
  { plan, files }: Generated,
  run: Resolved,
  { differences, changes, unknown, withoutSteps }: Outcome & Pick<Reporting, 'withoutSteps'>,
  terminal: Terminal,
): string {
  const { directory, lock, flags } = run;
  const state = { directory, isUpdate: lock !== undefined, isWorker: flags.target === 'workers' };
  const leftOut = plan.warnings.length;
  const lines = [
    ...formatReplaced(run),
    ...upgradeNote(run),
    `${plan.api.name}: ${listingOf(plan.api)}`,
    ...(leftOut > 0 ? [`Skipped or changed: ${reasons(plan)}.`] : []),
    `Callers ${callersOf(plan)}.`,
    `${terminal.style('green', 'Written', 'stdout')} to ${directory}: ${countFiles(differences)}.`,
    ...formatRestored(restoredFiles(files, differences, run)),
    ...formatMeaning({ changes, unknown }, terminal),
    ...(differences.length === 0 || withoutSteps === true ? [] : ['', ...nextSteps(state)]),
  ];
  return `${lines.join('\n')}\n`;
}

function upgradeNote({ lock }: Resolved): string[] {
  if (lock === undefined || lock.version === lockVersion) return [];
  return [
    `Upgraded: the lock from version ${lock.version} to ${lockVersion}, which does not record --allow-private.`,
  ];
}

function reasons({ warnings }: Plan): string {
  const counts = new Map<string, number>();
  for (const { code } of warnings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, number]) => `${number} ${code}`).join(', ');
}

function countFiles(differences: readonly Difference[]): string {
  const of = (...kinds: Difference['kind'][]) =>
    differences.filter(({ kind }) => kinds.includes(kind)).length;
  const counts = [
    [of('create'), 'new'],
    [of('update', 'edited', 'foreign'), 'rewritten'],
    [of('delete'), 'deleted'],
  ] as const;
  const changed = counts.filter(([number]) => number > 0);
  if (changed.length === 0) return 'nothing changed';
  const kinds = changed.map(([number, verb]) => `${number} ${verb}`).join(', ');
  return `${plural(differences.length, 'file')} (${kinds})`;
}

/** The files of an existing project that were missing: the user may have deleted them on purpose. */
function restoredFiles(
  files: Generated['files'],
  differences: readonly Difference[],
  { lock }: Resolved,
): string[] {
  if (lock === undefined) return [];
  const created = new Set(
    differences.filter(({ kind }) => kind === 'create').map(({ path }) => path),
  );
  const isKnown = ({ path, owner }: Generated['files'][number]) =>
    owner === 'yours' || lock.files.has(path);
  return files.filter((file) => created.has(file.path) && isKnown(file)).map(({ path }) => path);
}

function formatRestored(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  return [`These were missing and are there again: ${someOf(paths)}.`];
}

/** What the next steps depend on. */
interface ProjectState {
  readonly directory: string;
  /** The project was there before. */
  readonly isUpdate: boolean;
  readonly isWorker: boolean;
  readonly isBuilt?: boolean;
  /** A client on this machine starts it. */
  readonly isLocal?: boolean;
}

/** An existing project is reviewed before it runs; an existing `.env` is never overwritten. */
export function nextSteps(state: ProjectState): string[] {
  const { directory, isUpdate, isWorker, isBuilt = false, isLocal = false } = state;
  const install = 'npm install && npm run build';
  const first = existsSync(join(directory, '.env'))
    ? []
    : ['cp -n .env.example .env   # then fill it in'];
  const run = isWorker
    ? ['npm install && npm run dev', 'npm run deploy   # to Cloudflare']
    : [...(isBuilt ? [] : [install]), ...(isLocal ? [] : ['npm start'])];
  const steps = isUpdate
    ? [`${install}${isWorker ? '' : ' && npm test'}`, 'git diff   # review, then commit']
    : [...first, ...run];
  if (steps.length === 0) return [];
  // `cd` would take the name for an option.
  const folder = directory.startsWith('-') ? `./${directory}` : directory;
  const enter = folder === '.' ? '' : `cd ${shellQuote(folder)} && `;
  return ['Next:', ...steps.map((step, index) => `  ${index === 0 ? enter : ''}${step}`)];
}
