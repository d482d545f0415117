import type { Command } from 'commander';
import { prepare } from '../generate.js';
import { own } from '../json.js';
import type { Plan } from '../plan/types.js';
import { offered } from '../plan/tools/offered-tokens.js';
import { estimateTokens, totalTokens } from '../plan/tools/tokens.js';
import type { Terminal } from '../print/terminal.js';
import { listingCost, listingWarnings } from '../print/budget.js';
import { count, plural } from '../numbers.js';
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
import { showWarnings } from '../print/problems.js';
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
  const command = program.command('inspect').description('print the tools that would be generated');
  addFormatFlag(addPlanFlags(addSourceFlags(command)), ['text', 'html', 'json'])
    .addHelpText('after', examples)
    .action((flags: InspectFlags) => run((terminal) => inspectCommand(flags, terminal)));
}

type InspectFlags = SourceFlags & { readonly format?: 'text' | 'html' | 'json' };

const header = ['TOOL', 'REQUEST', 'TOKENS', 'SCOPES'];

/** Prints the tools that would be generated. Resolves to the exit status. */
async function inspectCommand(flags: InspectFlags, terminal: Terminal): Promise<number> {
  refuseTwoFormats(flags);
  const plan = await prepare(toOptions(flags, terminal));
  const tokens = totalTokens(plan.api);
  const warnings = [...plan.warnings, ...listingWarnings(plan)];
  failOnWarnings(flags, warnings);
  showWarnings(warnings, terminal);
  if (flags.format === 'html') {
    const { inspectPage } = await import('../print/report/inspect-page.js');
    terminal.result({}, inspectPage(plan, warnings));
    return 0;
  }
  const tools = plan.api.tools.map((tool) => describe(plan, tool));
  terminal.result(
    { ok: true, name: plan.api.name, tokens, tools, warnings },
    `${formatTable(header, tools.map(row), terminal.resultColumns)}\n` +
      `${listingCost({ tools: tools.length, tokens })}.\n${searchNote(plan)}${truncationNote(plan)}`,
  );
  return 0;
}

/** The number of tools and tokens in search mode, where it differs from the table. */
function searchNote({ api }: Plan): string {
  if (api.toolMode !== 'search') return '';
  const { tools, tokens } = offered(api);
  return `With --tools search, ${plural(tools, 'tool')} are listed for about ${plural(tokens, 'token')}.\n`;
}

/** Explains `truncated` in the table. */
function truncationNote({ truncated }: Plan): string {
  const tools = Object.keys(truncated).length;
  return tools === 0
    ? ''
    : `${plural(tools, 'tool')} truncated: the schema of the arguments exceeds 32 KiB and is described to a limited depth.\n`;
}

interface Description {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly (readonly string[])[];
  readonly tokens: number;
  /** Depth to which the arguments are described, because the full schema would be too long. */
  readonly levels?: number;
}

function describe({ api, truncated }: Plan, tool: Plan['api']['tools'][number]): Description {
  const { method, path } = tool.request;
  const scopes = scopesOf(api, tool.name);
  const levels = own(truncated, tool.name);
  const tokens = estimateTokens(api, tool);
  return { name: tool.name, method, path, scopes, tokens, levels };
}

/** The scopes are last because their length is unlimited. */
function row({ name, method, path, tokens, levels, scopes }: Description): string[] {
  const alternatives = scopes.map((alternative) => alternative.join(' ')).filter(Boolean);
  const size = levels === undefined ? count(tokens) : `truncated ${count(tokens)}`;
  return [name, `${method} ${path}`, size, alternatives.join(' | ') || '-'];
}
