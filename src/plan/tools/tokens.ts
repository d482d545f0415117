import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import { instructionsOf, listTool } from '../../../templates/src/runtime/listing.js';
import { isObject, type Json, type JsonObject } from '../../json.js';

/** Pieces that tokenizers keep together: words, words in capitals, digits, punctuation, and words of other scripts. */
const PIECE = /(\p{Lu}?[a-z]+)|([A-Z]+)|(\d+)|([^\p{L}\d\s]+)|(\p{L}+)/gu;

// Measured with the tokenizer o200k on listings of real documents; tests keep the estimate within a tenth of it. A word
// is one token unless it is rare, as long words are; three digits are one, and about as many punctuation characters.
/** Maximum characters of a token, in the order of `PIECE`. */
const LONGEST = [10, 5, 3, 5, 1.6];

/** The approximate number of tokens of a text. */
export function textTokens(text: string): number {
  return isAscii(text) ? asciiTokens(text) : unicodeTokens(text);
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

const [SPACE, WORD, CAPITAL] = [0, 1, 2];
/** The kind of each character of ASCII, and the longest piece of each kind. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)));
const LONGEST_OF_KIND = [Infinity, ...LONGEST];

function kindOf(character: string): number {
  return [/\s/, /[a-z]/, /[A-Z]/, /\d/, /./].findIndex((kind) => kind.test(character));
}

/** Counts the same pieces without a match for each: listings are long, and nearly all are ASCII. */
function asciiTokens(text: string): number {
  let [tokens, kind, length] = [0, SPACE, 0];
  for (let at = 0; at <= text.length; at += 1) {
    const next = KINDS[text.charCodeAt(at)] ?? SPACE;
    if (next === kind) {
      length += 1;
      continue;
    }
    // A capital belongs to the small letters after it.
    const isCapitalized = kind === CAPITAL && length === 1 && next === WORD;
    if (!isCapitalized && kind !== SPACE)
      tokens += Math.ceil(length / (LONGEST_OF_KIND[kind] ?? 1));
    [kind, length] = [next, isCapitalized ? 2 : 1];
  }
  return tokens;
}

function unicodeTokens(text: string): number {
  let tokens = 0;
  for (const [piece, ...kinds] of text.matchAll(PIECE)) {
    const kind = kinds.findIndex(Boolean);
    tokens += Math.ceil(piece.length / (LONGEST[kind] ?? 1));
  }
  return tokens;
}

/** Cached estimates: reports need the sum of all tools, and then the most expensive of them. */
const estimates = new WeakMap<Api, WeakMap<Tool, number>>();

/** The approximate number of tokens for listing a tool. */
export function estimateTokens(api: Api, tool: Tool): number {
  const known = estimates.get(api) ?? new WeakMap<Tool, number>();
  estimates.set(api, known);
  const tokens = known.get(tool) ?? listingTokens(api, tool);
  known.set(tool, tokens);
  return tokens;
}

function listingTokens(api: Api, tool: Tool): number {
  const scopes = Object.hasOwn(api.scopes, tool.name) ? (api.scopes[tool.name] ?? []).flat() : [];
  const listed = listTool(tool, api.authentication === 'oauth2' ? [...new Set(scopes)] : undefined);
  const inputSchema: Record<string, unknown> = { ...listed.inputSchema };
  const counted = ['properties', '$defs'].flatMap((holder) => {
    const members = listed.inputSchema[holder];
    if (members === undefined) return [];
    inputSchema[holder] = PLACEHOLDER;
    return [countMembers(members as JsonObject)];
  });
  const [first = '', ...rest] = JSON.stringify({ ...listed, inputSchema }).split(PRINTED);
  const outline = rest.reduce(
    (text, part, at) => `${text}${counted[at]?.outline ?? ''}${part}`,
    first,
  );
  return counted.reduce((sum, { tokens }) => sum + tokens, textTokens(outline));
}

/** Half of a surrogate pair: no text of a document has one. */
const PLACEHOLDER = '\ud800';

const PRINTED = JSON.stringify(PLACEHOLDER);

/** JSON without what is inside of its schemas, and the number of tokens inside. */
interface Counted {
  readonly outline: string;
  readonly tokens: number;
}

function countMembers(members: JsonObject): Counted {
  const counted = Object.entries(members).map(
    ([name, schema]) => [JSON.stringify(name), countSchema(schema)] as const,
  );
  return {
    outline: `{${counted.map(([name, { outline }]) => `${name}:${outline}`).join()}}`,
    tokens: counted.reduce((sum, [, { tokens }]) => sum + tokens, 0),
  };
}

/** Many tools have the same arguments and definitions. */
const schemaCounts = new WeakMap<JsonObject, Counted>();

function countSchema(schema: Json): Counted {
  const known = isObject(schema) ? schemaCounts.get(schema) : undefined;
  if (known !== undefined) return known;
  const text = JSON.stringify(schema);
  // The punctuation at both ends continues outside of the schema.
  let [start, end] = [0, text.length];
  while (MARK.test(text.charAt(start))) start += 1;
  while (end > start && MARK.test(text.charAt(end - 1))) end -= 1;
  const outline = start === end ? text : `${text.slice(0, start)} ${text.slice(end)}`;
  const counted = { outline, tokens: textTokens(text.slice(start, end)) };
  if (isObject(schema)) schemaCounts.set(schema, counted);
  return counted;
}

/** ASCII only: other characters may be half of one. */
const MARK = /[!-/:-@[-`{-~]/;

/** The approximate number of tokens for the instructions of a server and the list of its tools (by default all). */
export function totalTokens(api: Api, tools: readonly Tool[] = api.tools): number {
  const instructions = textTokens(instructionsOf(api));
  return tools.reduce((sum, tool) => sum + estimateTokens(api, tool), instructions);
}
