import type { Change } from '../diff/change.js';
import { shellQuote } from '../emit/quote.js';
import { InputError } from '../errors.js';
import { make } from '../generate.js';
import { lockVersion } from '../lock/lock.js';
import type { Plan } from '../plan/types.js';
import type { Terminal } from '../print/terminal.js';
import { write, type Difference } from '../write/write.js';
import { plural } from '../print/budget.js';
import { callersOf, factsOf, type Facts } from './facts.js';
import { formatChanges } from '../print/changes-text.js';
import { checkCommand } from './check.js';
import { failOnWarnings, type GivenFlags } from './flags.js';
import { keptCiWarnings } from './kept-files.js';
import { changesApi, lossesFirst, meaningOf } from './meaning.js';
import { formatWarnings } from '../print/problems.js';
import { formatReplaced, replacedOptions } from './replaced-options.js';
import { documentOf, resolveFlags, type Resolved } from './resolve-flags.js';

/**
 * Generates a project into a folder or, with `--check`, reports what would change. Recorded options of the project
 * stay unless a flag replaces them. `more` is added to the JSON result. Resolves to the exit status.
 */
export async function generateCommand(
  given: GivenFlags,
  terminal: Terminal,
  more: object = {},
): Promise<number> {
  if (given.output?.trim() === '') throw emptyOutput();
  const run = await resolveFlags(given, terminal);
  const { flags, directory } = run;
  if (flags.check === true) return checkCommand(run, terminal);
  const made = await make(await documentOf(run), run.options);
  const { plan, files } = made;
  const facts = await factsOf(plan, directory, keptCiWarnings(run));
  failOnWarnings(flags, facts.warnings);
  // Read before it is overwritten.
  const isOther = run.lock !== undefined && changesApi(run.lock, made);
  const changes = isOther ? lossesFirst((await meaningOf(plan, directory, run.lock)) ?? []) : [];
  const differences = await write(files, directory, flags);
  if (facts.warnings.length > 0) terminal.remark(`${formatWarnings(facts.warnings, terminal)}\n`);
  terminal.result(
    { ok: true, directory, ...facts, replaced: replacedIn(run), differences, changes, ...more },
    formatSummary(plan, facts, run, { differences, changes }, terminal),
  );
  return 0;
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

interface Outcome {
  readonly differences: readonly Difference[];
  /** The effect of the changes on users of the project. */
  readonly changes: readonly Change[];
}

function formatSummary(
  plan: Plan,
  { tools, tokens }: Facts,
  run: Resolved,
  { differences, changes }: Outcome,
  terminal: Terminal,
): string {
  const { directory, recorded, flags } = run;
  const leftOut = plan.warnings.length;
  const lines = [
    ...(recorded === undefined ? [] : formatReplaced(recorded, flags)),
    ...upgradeNote(run),
    `${plan.api.name}: ${plural(tools, 'tool')}, about ${plural(tokens, 'token')} to list them.`,
    ...(leftOut > 0 ? [`Skipped or changed: ${reasons(plan)}.`] : []),
    `Callers ${callersOf(plan)}.`,
    `${terminal.style('green', 'Written', 'stdout')} to ${directory}: ${countFiles(differences)}.`,
    ...(changes.length === 0 ? [] : ['', formatChanges(changes, terminal.resultColumns).trimEnd()]),
    ...(differences.length === 0 ? [] : ['', 'Next:', ...nextCommands(run)]),
  ];
  return `${lines.join('\n')}\n`;
}

function replacedIn({ recorded, flags }: Resolved) {
  return recorded === undefined ? [] : replacedOptions(recorded, flags);
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

/** An existing project is reviewed before it runs; an existing `.env` is never overwritten. */
function nextCommands({ directory, lock, flags }: Resolved): string[] {
  const isWorker = flags.target === 'workers';
  const enter = directory === '.' ? '' : `cd ${shellQuote(directory)} && `;
  if (lock !== undefined)
    return [
      `  ${enter}npm install && npm run build${isWorker ? '' : ' && npm test'}`,
      '  git diff   # review, then commit',
    ];
  return [
    `  ${enter}cp -n .env.example .env   # then fill it in`,
    ...(isWorker
      ? ['  npm install && npm run dev', '  npm run deploy   # to Cloudflare']
      : ['  npm install && npm run build', '  npm start']),
  ];
}
