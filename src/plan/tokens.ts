import type { Api, Tool } from '../../templates/src/runtime/api.js';
import { instructionsOf } from '../../templates/src/runtime/instructions.js';
import { listTool } from '../../templates/src/runtime/listing.js';

// Measured with the tokenizer o200k on listings of real documents; a test keeps the estimate within a tenth of it.
const CHARACTERS_PER_TOKEN = 3.85;
/** Tokens of a character that is not ASCII; other scripts have fewer characters per word. */
const TOKENS_PER_OTHER = 0.75;

/** About how many tokens a text costs a model. */
export function textTokens(text: string): number {
  const others = text.replace(/[\0-\x7f]+/g, '').length;
  return Math.ceil((text.length - others) / CHARACTERS_PER_TOKEN + others * TOKENS_PER_OTHER);
}

/** About how many tokens a model pays to have a tool listed. */
export function estimateTokens(api: Api, tool: Tool): number {
  const scopes = Object.hasOwn(api.scopes, tool.name) ? (api.scopes[tool.name] ?? []).flat() : [];
  const listed = listTool(tool, api.authentication === 'oauth2' ? [...new Set(scopes)] : undefined);
  return textTokens(JSON.stringify(listed));
}

/** About how many tokens a model pays for the instructions of a server and the list of its tools, all or these. */
export function totalTokens(api: Api, tools: readonly Tool[] = api.tools): number {
  const instructions = textTokens(instructionsOf(api));
  return tools.reduce((sum, tool) => sum + estimateTokens(api, tool), instructions);
}
