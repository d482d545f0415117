import type { Command } from 'commander';
import { shellQuote } from '../emit/quote.js';
import { InputError } from '../errors.js';
import { generate } from '../generate.js';
import type { Plan } from '../plan/plan.js';
import type { Terminal } from '../terminal.js';
import { write, type Difference } from '../write.js';
import { plural } from './budget.js';
import { callersOf } from './callers.js';
import { checkCommand } from './check.js';
import { factsOf, type Facts } from './facts.js';
import {
  addPlanFlags,
  addSourceFlags,
  failOnWarnings,
  toOptions,
  type GenerateFlags,
} from './flags.js';
import { formatWarnings } from './problems.js';
import type { Run } from './program.js';
import { repeat } from './repeat.js';

const examples = `
Examples:
  $ openapi-to-mcp generate --url openapi.yaml --oauth-server https://auth.example.com
  $ openapi-to-mcp generate -u https://api.example.com/openapi.json -o notes --auth none
  $ openapi-to-mcp generate -u openapi.yaml --include tag:notes --exclude 'DELETE /**'
  $ openapi-to-mcp generate -o notes           # again, from the document as it is now
  $ openapi-to-mcp generate -o notes --check   # would that change anything?
`;

/** Adds `generate`. */
export function addGenerate(program: Command, run: Run): void {
  addPlanFlags(
    addSourceFlags(
      program.command('generate').description('write a server project; without --url, again'),
    ).option('-o, --output <dir>', 'where to (default: ./<name>-mcp-server)'),
  )
    .option(
      '--check',
      'write nothing; say what would change; exit 1 on a difference, 2 when there is no telling',
    )
    .option(
      '-f, --force',
      'overwrite hand-edited generated files; with --check: compare without a lock too',
    )
    .addHelpText('after', examples)
    .action((flags: GenerateFlags) => run((terminal) => generateCommand(flags, terminal)));
}

/**
 * Generates a project into a folder or, with `--check`, says what that would change. Without `--url`, the run that
 * made the project is repeated. `more` is told with the result, to machines. Resolves to the exit status.
 */
export async function generateCommand(
  given: GenerateFlags,
  terminal: Terminal,
  more: object = {},
): Promise<number> {
  if (given.output?.trim() === '') throw emptyOutput();
  const flags = await repeat(given);
  if (flags.check === true) return checkCommand(flags, terminal);
  const { plan, files } = await generate(toOptions(flags, terminal));
  const directory = flags.output ?? `./${plan.projectName}`;
  const facts = await factsOf(plan, directory);
  failOnWarnings(flags, facts.warnings);
  const differences = await write(files, directory, flags);
  if (facts.warnings.length > 0) terminal.remark(`${formatWarnings(facts.warnings, terminal)}\n`);
  terminal.result(
    { ok: true, directory, ...facts, differences, ...more },
    formatSummary(plan, facts, directory, differences, terminal),
  );
  return 0;
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

function formatSummary(
  plan: Plan,
  { tools, tokens }: Facts,
  directory: string,
  differences: readonly Difference[],
  terminal: Terminal,
): string {
  const leftOut = plan.warnings.length;
  const lines = [
    `${plan.api.name}: ${plural(tools, 'tool')}, about ${plural(tokens, 'token')} to list them.`,
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
