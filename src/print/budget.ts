import { instructionsOf } from '../../templates/src/runtime/listing.js';
import type { Problem } from '../errors.js';
import { count, plural } from '../numbers.js';
import type { Plan } from '../plan/types.js';
import { offered, offeredBySearch } from '../plan/tools/offered-tokens.js';
import { estimateTokens, textTokens } from '../plan/tools/tokens.js';
import { costOf } from '../plan/tools/tool-cost.js';

const maxTools = 128;
const maxTokens = 50_000;

/** Warns about more than clients can handle: several accept at most 128 tools, and every token costs money. */
export function budgetWarnings(tools: number, tokens: number): Problem[] {
  const remedy =
    'Select operations with --include and --exclude (tag:NAME, "METHOD /path/glob" or an operationId glob); openapi-to-mcp inspect shows the size of each.';
  const warn = (code: string, message: string) => ({ code, message, place: '--include', remedy });
  const many = `${count(tools)} tools are more than many clients accept (${maxTools}).`;
  const long = `Listing the tools costs a model about ${count(tokens)} tokens.`;
  return [
    ...(tools > maxTools ? [warn('MANY_TOOLS', many)] : []),
    ...(tokens > maxTokens ? [warn('MANY_TOKENS', long)] : []),
  ];
}

/** The same for a plan, with the cost of `--tools search` as an alternative. */
export function listingWarnings({ api }: Plan): Problem[] {
  const { tools, tokens } = offered(api);
  const warnings = budgetWarnings(tools, tokens);
  if (warnings.length === 0 || api.toolMode === 'search') return warnings;
  const expensive = mostExpensive(api);
  const cost = count(offeredBySearch(api).tokens);
  const proposal = `Or use --tools search: three tools find and call the operations, and listing them costs about ${cost} tokens.`;
  return warnings.map((one) => ({
    ...one,
    message: `${one.message}${one.code === 'MANY_TOKENS' ? expensive : ''}`,
    remedy: `${one.remedy ?? ''} ${proposal}`.trim(),
  }));
}

/** The tools that a server lists, and what listing them costs a model, as a sentence. */
export function listingOf(api: Plan['api']): string {
  const before =
    api.toolMode === 'search' ? `${plural(api.tools.length, 'operation')} behind ` : '';
  return `${before}${listingCost(offered(api))}.`;
}

/** `4 tools, about 574 tokens to list them` */
export function listingCost({ tools, tokens }: ReturnType<typeof offered>): string {
  return `${plural(tools, 'tool')}, about ${plural(tokens, 'token')} to list them`;
}

/** The number of tools that a warning names. */
const NAMED = 10;

/** The most expensive tools to list, each with the reason, and the instructions if they are as expensive. */
function mostExpensive(api: Plan['api']): string {
  const costs: { name: string; tokens: number; reason: () => string }[] = api.tools.map((tool) => ({
    name: tool.name,
    tokens: estimateTokens(api, tool),
    reason: () => costOf(tool),
  }));
  costs.push({
    name: 'The instructions',
    tokens: textTokens(instructionsOf(api)),
    reason: () => "the API's own description",
  });
  const named = costs.sort((a, b) => b.tokens - a.tokens).slice(0, NAMED);
  const lines = named.map(({ name, tokens, reason }) => `${name} ${count(tokens)} (${reason()})`);
  return ` The most expensive: ${lines.join('; ')}.`;
}
