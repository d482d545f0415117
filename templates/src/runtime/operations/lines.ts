import type { Tool } from '../api.js';

const MAX_SENTENCE = 100;

/** Operations as lines, one for each path: `/notes: GET list_notes (List notes); POST add_note (Add a note)`. */
export function linesOf(tools: readonly Tool[], note: (tool: Tool) => string = () => ''): string {
  const byPath = new Map<string, string[]>();
  for (const tool of tools) {
    const { path, method } = tool.request;
    const own = `${method} ${tool.name} (${sentenceOf(tool)})${note(tool)}`;
    const others = byPath.get(path);
    if (others === undefined) byPath.set(path, [own]);
    else others.push(own);
  }
  return [...byPath].map(([path, own]) => `${path}: ${own.join('; ')}`).join('\n');
}

/** What an operation does, in one sentence on one line. */
function sentenceOf({ title, description }: Tool): string {
  const text = (title ?? description).replace(/\s+/g, ' ').trim();
  const [sentence = ''] = /^.*?(?=\. |\.$|$)/.exec(text) ?? [];
  const isDeprecated = description.startsWith('Deprecated') && !sentence.startsWith('Deprecated');
  const short = sentence.length > MAX_SENTENCE ? `${sentence.slice(0, MAX_SENTENCE)}…` : sentence;
  return isDeprecated ? `deprecated: ${short}` : short;
}
