import type { Command } from 'commander';
import { prepare } from '../generate.js';
import type { Plan } from '../plan/types.js';
import { offered } from '../plan/tools/offered-tokens.js';
import { estimateTokens, totalTokens } from '../plan/tools/tokens.js';
import { printable, type Terminal } from '../print/terminal.js';
import { count, listingWarnings, plural } from '../print/budget.js';
import {
  addFormatFlag,
  addPlanFlags,
  addSourceFlags,
  failOnWarnings,
  refuseTwoFormats,
  toOptions,
  type SourceFlags,
  type Run,
} from '../project/flags.js';
import { formatWarnings } from '../print/problems.js';
import { formatTable } from '../print/table.js';
import { scopesOf } from '../emit/scopes-file.js';

const examples = `
Examples:
  $ openapi-to-mcp inspect --url openapi.yaml
  $ openapi-to-mcp inspect --url openapi.yaml --include 'GET /**' --exclude deprecated
  $ openapi-to-mcp inspect --url openapi.yaml --json | jq .tokens
  $ openapi-to-mcp inspect --url openapi.yaml --format html > tools.html
`;

/** Adds `inspect`. */
export function addInspect(program: Command, run: Run): void {
  const command = program.command('inspect').description('print the tools as they would be');
  addFormatFlag(addPlanFlags(addSourceFlags(command)), ['text', 'html', 'json'])
    .addHelpText('after', examples)
    .action((flags: InspectFlags) => run((terminal) => inspectCommand(flags, terminal)));
}

/** The flags of `inspect`. */
export type InspectFlags = SourceFlags & { readonly format?: 'text' | 'html' | 'json' };

const header = ['TOOL', 'REQUEST', 'TOKENS', 'SCOPES'];

/** Prints the tools as they would be. Resolves to the exit status. */
export async function inspectCommand(flags: InspectFlags, terminal: Terminal): Promise<number> {
  refuseTwoFormats(flags);
  const plan = await prepare(toOptions(flags, terminal));
  const tokens = totalTokens(plan.api);
  const warnings = [...plan.warnings, ...listingWarnings(plan)];
  failOnWarnings(flags, warnings);
  if (warnings.length > 0) terminal.remark(`${formatWarnings(warnings, terminal)}\n`);
  if (flags.format === 'html') {
    const { inspectPage } = await import('../print/report/inspect-page.js');
    terminal.result({}, inspectPage(plan, warnings));
    return 0;
  }
  const tools = plan.api.tools.map((tool) => describe(plan, tool));
  terminal.result(
    { ok: true, name: plan.api.name, tokens, tools, warnings },
    `${formatTable(header, tools.map(row), terminal.resultColumns)}\n` +
      `${plural(tools.length, 'tool')}, about ${plural(tokens, 'token')} to list them.\n${searchNote(plan)}${cutNote(plan)}`,
  );
  return 0;
}

/** What is listed instead of the tools in the table. */
function searchNote({ api }: Plan): string {
  if (api.toolMode !== 'search') return '';
  const { tools, tokens } = offered(api);
  return `With --tools search, ${plural(tools, 'tool')} are listed for about ${plural(tokens, 'token')}.\n`;
}

/** What `cut` in the table means. */
function cutNote({ cut }: Plan): string {
  const tools = Object.keys(cut).length;
  return tools === 0
    ? ''
    : `${plural(tools, 'tool')} cut: the schema of the arguments is longer than 32 KiB, and described to some depth only.\n`;
}

interface Description {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly (readonly string[])[];
  readonly tokens: number;
  /** So many levels of its arguments are described, because all of them would be too long. */
  readonly levels?: number;
}

function describe({ api, cut }: Plan, tool: Plan['api']['tools'][number]): Description {
  const { method, path } = tool.request;
  const scopes = scopesOf(api, tool.name);
  const levels = Object.hasOwn(cut, tool.name) ? cut[tool.name] : undefined;
  const tokens = estimateTokens(api, tool);
  return { name: tool.name, method, path, scopes, tokens, ...(levels !== undefined && { levels }) };
}

/** The scopes are last, because they are as long as they like. */
function row({ name, method, path, tokens, levels, scopes }: Description): string[] {
  const alternatives = scopes.map((alternative) => alternative.join(' ')).filter(Boolean);
  const size = levels === undefined ? count(tokens) : `cut ${count(tokens)}`;
  const cells = [name, `${method} ${path}`, size, alternatives.join(' | ') || '-'];
  return cells.map((cell) => printable(cell).replaceAll('\n', ' '));
}
