import type { Command } from 'commander';
import { InputError, type Problem } from '../errors.js';
import { prepare } from '../generate.js';
import type { Terminal } from '../print/terminal.js';
import { plural } from '../print/budget.js';
import {
  addSourceFlags,
  failOnWarnings,
  toOptions,
  type SourceFlags,
  type Run,
} from '../project/flags.js';
import { formatProblems, formatWarnings } from '../print/problems.js';

const examples = `
Examples:
  $ openapi-to-mcp validate --url openapi.yaml
  $ openapi-to-mcp validate --url https://api.example.com/openapi.json --strict --json
`;

/** Adds `validate`. */
export function addValidate(program: Command, run: Run): void {
  addSourceFlags(
    program.command('validate').description('say whether a document is fit to generate from'),
  )
    .addHelpText('after', examples)
    .action((flags: SourceFlags) => run((terminal) => validateCommand(flags, terminal)));
}

/** Says whether a document is fit to generate from, and if not, where and why. Resolves to the exit status. */
export async function validateCommand(flags: SourceFlags, terminal: Terminal): Promise<number> {
  try {
    const { api, warnings } = await prepare(toOptions(flags, terminal));
    failOnWarnings(flags, warnings);
    if (warnings.length > 0) terminal.remark(`${formatWarnings(warnings, terminal)}\n`);
    const text = `Fit to generate from: ${plural(api.tools.length, 'tool')}, ${plural(warnings.length, 'warning')}.\n`;
    terminal.result({ ok: true, problems: [], warnings }, text);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError) || !error.problems.every(isInDocument)) throw error;
    terminal.remark(`${formatProblems(error.problems, terminal)}\n`);
    const text = `Not fit to generate from: ${plural(error.problems.length, 'problem')}.\n`;
    terminal.result({ ok: false, problems: error.problems, warnings: [] }, text);
    return 1;
  }
}

// What the network did not give today may be right tomorrow.
const ofNetwork = new Set(['SOURCE_UNREACHABLE', 'SOURCE_TIMEOUT', 'SOURCE_HTTP_STATUS']);

/** Neither the command line (a missing document is one of its problems) nor the network is a finding about a document. */
function isInDocument({ code, place }: Problem): boolean {
  return place?.startsWith('-') !== true && !ofNetwork.has(code);
}
