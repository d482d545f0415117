import type { Command } from 'commander';
import { InputError, type Problem } from '../errors.js';
import { prepare } from '../generate.js';
import type { Terminal } from '../print/terminal.js';
import { plural } from '../numbers.js';
import {
  addSourceFlags,
  failOnWarnings,
  toOptions,
  type SourceFlags,
  type Run,
} from '../project/flags.js';
import { formatProblems, showWarnings } from '../print/problems.js';

const examples = `
Examples:
  $ openapi-to-mcp validate --url openapi.yaml
  $ openapi-to-mcp validate --url https://api.example.com/openapi.json --strict --json
`;

/** Adds `validate`. */
export function addValidate(program: Command, run: Run): void {
  addSourceFlags(program.command('validate').description('check whether a document can be used'))
    .addHelpText('after', examples)
    .action((flags: SourceFlags) => run((terminal) => validateCommand(flags, terminal)));
}

/** Reports whether a document can be used and, if not, where and why. Resolves to the exit status. */
async function validateCommand(flags: SourceFlags, terminal: Terminal): Promise<number> {
  try {
    const { api, warnings } = await prepare(toOptions(flags, terminal));
    failOnWarnings(flags, warnings);
    showWarnings(warnings, terminal);
    const text = `Ready to generate: ${plural(api.tools.length, 'tool')}, ${plural(warnings.length, 'warning')}.\n`;
    terminal.result({ ok: true, problems: [], warnings }, text);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError) || !error.problems.every(isInDocument)) throw error;
    terminal.remark(`${formatProblems(error.problems, terminal)}\n`);
    const text = `Cannot be used: ${plural(error.problems.length, 'problem')}.\n`;
    terminal.result({ ok: false, problems: error.problems, warnings: [] }, text);
    return 1;
  }
}

// A network failure may not happen again in the next run.
const ofNetwork = new Set([
  'SOURCE_UNREACHABLE',
  'SOURCE_TIMEOUT',
  'SOURCE_HTTP_STATUS',
  'INVALID_PROXY',
]);

/**
 * A problem with the command line (such as a missing document) or the network is not a finding about the document.
 */
function isInDocument({ code, place }: Problem): boolean {
  return place?.startsWith('-') !== true && !ofNetwork.has(code);
}
