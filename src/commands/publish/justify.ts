import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import { hintsOf } from '../../methods.js';

/** One sentence per hint of a tool that justifies it to ChatGPT's reviewers. */
interface Justifications {
  readonly read_only_justification: string;
  readonly open_world_justification: string;
  readonly destructive_justification: string;
}

/** The effect of a method that writes (RFC 9110 section 9.3, RFC 5789). */
const EFFECTS: Readonly<Record<string, string>> = {
  POST: 'adds or starts something',
  PUT: 'replaces something',
  PATCH: 'changes something',
  DELETE: 'removes something',
};

/** Derived from the method, the document's texts, and hints that an overlay sets. */
export function justify({ title }: Api, tool: Tool): Justifications {
  const { readOnlyHint, openWorldHint, destructiveHint } = tool.annotations;
  const { method, path } = tool.request;
  const reads = hintsOf(method).readOnlyHint;
  const effect = EFFECTS[method] ?? 'has an effect defined by the API';
  const action = `"${tool.title ?? tool.name}" sends ${method} ${path} to ${title}`;
  const stated = 'as its publisher states';
  return {
    read_only_justification: readOnlyHint
      ? `${action}, which ${reads ? 'only reads' : `only reads, ${stated}`} and changes no data.`
      : `${action}, which ${reads ? `may change data, ${stated}` : effect}.`,
    open_world_justification: openWorldHint
      ? `${action}, which can reach people or systems outside ${title}.`
      : `${action}, whose effects stay inside ${title}; it publishes and sends nothing to others.`,
    destructive_justification: destructiveHint
      ? `${action}, which ${reads || method === 'POST' ? `can delete or overwrite data, ${stated}` : `${effect} and can lose what was there`}.`
      : `${action}, which deletes and overwrites nothing${reads || method === 'POST' ? '' : `, ${stated}`}.`,
  };
}
