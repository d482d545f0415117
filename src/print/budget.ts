import type { Problem } from '../errors.js';
import type { Plan } from '../plan/plan.js';
import { offered, offeredBySearch } from '../plan/offered-tokens.js';

const maxTools = 128;
const maxTokens = 50_000;

/** Warns of more than clients can use: several take 128 tools at most, and all of them pay for every token. */
export function budgetWarnings(tools: number, tokens: number): Problem[] {
  const remedy =
    'Choose operations with --include and --exclude (tag:NAME, "METHOD /path/glob" or an operationId glob); openapi-to-mcp inspect shows the size of each.';
  const warn = (code: string, message: string) => ({ code, message, place: '--include', remedy });
  return [
    ...(tools > maxTools
      ? [warn('MANY_TOOLS', `${count(tools)} tools are more than many clients take (${maxTools}).`)]
      : []),
    ...(tokens > maxTokens
      ? [warn('MANY_TOKENS', `Listing the tools costs a model about ${count(tokens)} tokens.`)]
      : []),
  ];
}

/** The same for what a plan lists, with what `--tools search` would cost instead. */
export function listingWarnings({ api }: Plan): Problem[] {
  const { tools, tokens } = offered(api);
  const warnings = budgetWarnings(tools, tokens);
  if (warnings.length === 0 || api.toolMode === 'search') return warnings;
  const cost = count(offeredBySearch(api).tokens);
  const proposal = `Or --tools search: three tools find and call the operations, and cost about ${cost} tokens to list.`;
  return warnings.map((one) => ({ ...one, remedy: `${one.remedy ?? ''} ${proposal}`.trim() }));
}

/** A number for people: `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A number and its noun: `1 tool`, `1,200 tools`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
