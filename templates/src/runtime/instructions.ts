import type { Api, Tool } from './api.js';
import { fixedSegments } from './search/index.js';
import { ABOUT_FIELDS } from './upstream/fields.js';

/** Claude Code truncates instructions at 2 KB. In characters. */
const LONGEST = 2000;

// ChatGPT may only read 512 characters, so these two parts are all that it is certain to see.
const LONGEST_OPENING = 330;
const LONGEST_PURPOSE = 170;

/**
 * The instructions that a server sends to clients: what the API is, what its tools are for, and then the rest of the
 * document's description. The first 512 characters are enough to understand the server.
 */
export function instructionsOf(api: Pick<Api, 'title' | 'description' | 'tools'>): string {
  return shortenText(wholeInstructions(api), LONGEST);
}

/** The same before it is shortened. */
export function wholeInstructions({
  title,
  description = '',
  tools,
}: Pick<Api, 'title' | 'description' | 'tools'>): string {
  const [first = '', ...rest] = paragraphsOf(description);
  const opening = openingOf(first);
  const others = opening === first ? rest : [first, ...rest];
  const fields = tools.some((tool) => tool.fields !== undefined) ? ABOUT_FIELDS : '';
  const parts = [opening, purposeOf(title, tools), fields, ...others];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Without the headings before the first paragraph, which say nothing on their own. */
function paragraphsOf(description: string): string[] {
  const paragraphs = description.trim().split(/\n[^\S\n]*\n\s*/);
  const start = paragraphs.findIndex((paragraph) => !/^#{1,6} .*$/.test(paragraph));
  return start === -1 ? [] : paragraphs.slice(start).map((paragraph) => paragraph.trim());
}

/** A paragraph, or as many of its sentences as fit. */
function openingOf(paragraph: string): string {
  if (paragraph.length <= LONGEST_OPENING) return paragraph;
  const [sentences] = /^[^]*[.!?。！？](?=\s)/u.exec(paragraph.slice(0, LONGEST_OPENING)) ?? [];
  return sentences ?? shortenText(paragraph, LONGEST_OPENING);
}

function purposeOf(title: string, tools: readonly Tool[]): string {
  const names = new Set(tools.flatMap(({ request }) => resourceOf(request.path) ?? []));
  const sorted = [...names].sort();
  const start = `Tools of ${shortenText(title, 80)}`;
  let room = LONGEST_PURPOSE - start.length;
  const firstLeftOut = sorted.findIndex((name, index) => {
    room -= name.length + (index === 0 ? 0 : 2);
    return room < 0;
  });
  const shown = firstLeftOut === -1 ? sorted : sorted.slice(0, firstLeftOut);
  if (shown.length === 0) return `${start}.`;
  return `${start}, for: ${shown.join(', ')}${shown.length < sorted.length ? ' and more' : ''}.`;
}

/** The first segment of a path that names something: not a parameter, and not a version. */
function resourceOf(path: string): string | undefined {
  const segments = fixedSegments(path.replace(/\?.*$/, ''));
  return segments.find((segment) => !/^(\.+|v?\d.*|apis?|rest)$/i.test(segment));
}

/** A text that fits; a longer one is truncated after a word, and marked. */
export function shortenText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  if (limit === 0) return '';
  const note = ' … (shortened)';
  const room = Math.max(0, limit - note.length);
  const start = text.slice(0, room).replace(/[\ud800-\udbff]$/, '');
  const word = start.replace(/\s+\S*$/, '');
  return (word.length > room / 2 ? word : start).trimEnd() + note;
}
