import { shellQuote } from '../emit/quote.js';
import { InputError } from '../errors.js';
import { generate } from '../generate.js';
import type { Plan } from '../plan/plan.js';
import type { Terminal } from '../terminal.js';
import { check, write, type Difference } from '../write.js';
import { budgetWarnings, plural, totalTokens } from './budget.js';
import { callersOf, callerWarnings } from './callers.js';
import { failOnWarnings, toOptions, type SourceFlags } from './flags.js';
import { keptManifestWarnings } from './kept-manifest.js';
import { formatWarnings } from './problems.js';

/** The flags of `generate`. */
export interface GenerateFlags extends SourceFlags {
  readonly check?: boolean;
  readonly force?: boolean;
}

/** Generates a project into a folder or, with `--check`, says what that would change. Resolves to the exit status. */
export async function generateCommand(flags: GenerateFlags, terminal: Terminal): Promise<number> {
  if (flags.output?.trim() === '') throw emptyOutput();
  const { plan, files } = await generate(toOptions(flags, terminal));
  const directory = flags.output ?? `./${plan.projectName}`;
  const tokens = totalTokens(plan);
  const warnings = [
    ...plan.warnings,
    ...callerWarnings(plan),
    ...budgetWarnings(plan, tokens),
    ...(await keptManifestWarnings(files, directory)),
  ];
  failOnWarnings(flags, warnings);
  const differences = flags.check
    ? await check(files, directory)
    : await write(files, directory, flags);
  if (warnings.length > 0) terminal.remark(`${formatWarnings(warnings, terminal)}\n`);
  const ok = flags.check !== true || differences.length === 0;
  const facts = { tools: plan.api.tools.length, tokens, warnings };
  terminal.result(
    { ok, directory, name: plan.api.name, ...facts, differences },
    flags.check
      ? formatCheck(directory, differences)
      : formatSummary(plan, tokens, directory, differences, terminal),
  );
  return ok ? 0 : 1;
}

/** `-o "$OUT"` with a variable that is not set would otherwise write into the current folder. */
function emptyOutput(): InputError {
  return new InputError({
    code: 'INVALID_OPTION',
    message: 'The output folder has no name.',
    place: '--output',
    remedy: 'Name it, or write . for the current folder.',
  });
}

function formatCheck(directory: string, differences: readonly Difference[]): string {
  if (differences.length === 0) return `${directory} is up to date.\n`;
  const lines = differences.map(({ kind, path }) => `${kind.padEnd(7)} ${path}\n`);
  return `${lines.join('')}\n${directory} is not up to date: ${plural(differences.length, 'file')} would change.\n`;
}

function formatSummary(
  plan: Plan,
  tokens: number,
  directory: string,
  differences: readonly Difference[],
  terminal: Terminal,
): string {
  const leftOut = plan.warnings.length;
  const lines = [
    `${plan.api.name}: ${plural(plan.api.tools.length, 'tool')}, about ${plural(tokens, 'token')} to list them.`,
    ...(leftOut > 0 ? [`Left out or changed: ${reasons(plan)}.`] : []),
    `Callers: ${callersOf(plan)}.`,
    `${terminal.style('green', 'Written', 'stdout')} to ${directory}: ${changes(differences)}.`,
    ...(differences.length === 0 ? [] : ['', 'Next:', ...nextCommands(directory)]),
  ];
  return `${lines.join('\n')}\n`;
}

function reasons({ warnings }: Plan): string {
  const counts = new Map<string, number>();
  for (const { code } of warnings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, number]) => `${number} ${code}`).join(', ');
}

function changes(differences: readonly Difference[]): string {
  const of = (...kinds: Difference['kind'][]) =>
    differences.filter(({ kind }) => kinds.includes(kind)).length;
  const counts = [
    [of('create'), 'new'],
    [of('update', 'edited', 'foreign'), 'rewritten'],
    [of('delete'), 'deleted'],
  ] as const;
  const changed = counts.filter(([number]) => number > 0);
  if (changed.length === 0) return 'nothing has changed';
  const kinds = changed.map(([number, verb]) => `${number} ${verb}`).join(', ');
  return `${plural(differences.length, 'file')} (${kinds})`;
}

function nextCommands(directory: string): string[] {
  return [
    `  cd ${shellQuote(directory)} && cp .env.example .env   # then fill it in`,
    '  npm install && npm run build',
    '  npm start',
  ];
}
