import { prepare } from '../generate.js';
import type { Plan } from '../plan/plan.js';
import { estimateTokens } from '../plan/tokens.js';
import { printable, type Terminal } from '../terminal.js';
import { budgetWarnings, count, plural, totalTokens } from './budget.js';
import { toOptions, type SourceFlags } from './flags.js';
import { formatWarnings } from './problems.js';
import { formatTable } from './table.js';
import { scopesOf } from '../emit/scopes-file.js';

/** Prints the tools as they would be. Resolves to the exit status. */
export async function inspectCommand(flags: SourceFlags, terminal: Terminal): Promise<number> {
  const plan = await prepare(toOptions(flags, terminal));
  const tokens = totalTokens(plan);
  const warnings = [...plan.warnings, ...budgetWarnings(plan, tokens)];
  if (warnings.length > 0) terminal.remark(`${formatWarnings(warnings, terminal)}\n`);
  const tools = plan.api.tools.map((tool) => describe(plan, tool));
  terminal.result(
    { ok: true, name: plan.api.name, tokens, tools, warnings },
    `${formatTable(['TOOL', 'REQUEST', 'TOKENS', 'SCOPES'], tools.map(row))}\n` +
      `${plural(tools.length, 'tool')}, about ${plural(tokens, 'token')} to list them.\n`,
  );
  return 0;
}

interface Description {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly (readonly string[])[];
  readonly tokens: number;
}

function describe({ api }: Plan, tool: Plan['api']['tools'][number]): Description {
  const { method, path } = tool.request;
  const scopes = scopesOf(api, tool.name);
  return { name: tool.name, method, path, scopes, tokens: estimateTokens(api, tool) };
}

/** The scopes are last, because they are as long as they like. */
function row({ name, method, path, tokens, scopes }: Description): string[] {
  const alternatives = scopes.map((alternative) => alternative.join(' ')).filter(Boolean);
  const cells = [name, `${method} ${path}`, count(tokens), alternatives.join(' | ') || '-'];
  return cells.map((cell) => printable(cell).replaceAll('\n', ' '));
}
