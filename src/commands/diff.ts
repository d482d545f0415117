import type { Command } from 'commander';
import type { Change } from '../diff/change.js';
import { readProject } from '../diff/read-project.js';
import type { Problem } from '../errors.js';
import { plan } from '../plan/plan.js';
import type { Terminal } from '../print/terminal.js';
import { countBySeverity, formatChanges, formatMarkdown } from '../print/changes.js';
import {
  addDiffFlags,
  addPlanFlags,
  addRevokingFlags,
  addSourceFlags,
  failOnWarnings,
  refuseTwoFormats,
  type GivenFlags,
  type Run,
} from '../project/flags.js';
import { enclosingProject } from '../project/folders.js';
import { documentOf, resolveFlags } from '../project/resolve-flags.js';
import { changesOf } from '../project/meaning.js';
import { showWarnings } from '../print/problems.js';

/** The severities that a run can fail on. */
type FailOn = 'breaking' | 'security' | 'any';

type DiffFlags = Omit<GivenFlags, 'check' | 'force' | 'output'> & {
  readonly format?: 'text' | 'markdown' | 'html' | 'json';
  readonly failOn?: readonly FailOn[];
  readonly json?: boolean;
};

const examples = `
Examples:
  $ openapi-to-mcp diff --url new.yaml notes-mcp-server
  $ openapi-to-mcp diff notes-mcp-server --fail-on breaking --fail-on security
  $ openapi-to-mcp diff notes-mcp-server --format markdown > comment.md
  $ openapi-to-mcp diff notes-mcp-server --format html > changes.html
`;

/** Adds `diff`. */
export function addDiff(program: Command, run: Run): void {
  const command = program
    .command('diff')
    .description(
      'show the effect of a changed document on a generated project; options not given stay as recorded',
    )
    .argument('[dir]', 'the project (default: the one around this folder)');
  addDiffFlags(addRevokingFlags(addPlanFlags(addSourceFlags(command))))
    .addHelpText('after', examples)
    .action((directory: string | undefined, flags: DiffFlags) =>
      run((terminal) => diffCommand(directory ?? enclosingProject() ?? '.', flags, terminal)),
    );
}

/** Prints the effect of a changed document on a generated project. Resolves to the exit status. */
async function diffCommand(
  directory: string,
  { format, failOn = [], json, ...flags }: DiffFlags,
  terminal: Terminal,
): Promise<number> {
  refuseTwoFormats({ json, format });
  // Read first, because this completes an interrupted run.
  const run = await resolveFlags({ ...flags, output: directory }, terminal);
  const before = await readProject(directory);
  const made = plan(await documentOf(run), run.options);
  const { warnings } = made;
  failOnWarnings(flags, warnings);
  showWarnings(warnings, terminal);
  const changes = await changesOf(before, made, run.lock);
  const ok = !changes.some((change) => failOn.some((severity) => isOf(change, severity)));
  const counts = countBySeverity(changes);
  terminal.result(
    { ok, directory, name: before.name, counts, changes, warnings },
    await formatted(format, before.name, changes, warnings, terminal),
  );
  return ok ? 0 : 1;
}

async function formatted(
  format: DiffFlags['format'],
  name: string,
  changes: readonly Change[],
  warnings: readonly Problem[],
  terminal: Terminal,
): Promise<string> {
  if (format === 'markdown') return formatMarkdown(changes);
  if (format !== 'html') return formatChanges(changes, terminal);
  const { diffPage } = await import('../print/report/diff-page.js');
  return diffPage(name, changes, warnings);
}

function isOf({ gravity }: Change, severity: FailOn): boolean {
  return severity === 'any' || severity === gravity;
}
