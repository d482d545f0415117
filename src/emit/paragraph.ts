/** The first paragraph of a text, cut at so many characters: an introduction, not the documentation. */
export function firstParagraph(text: string, limit: number): string {
  const paragraph = text.trim().split(/\n\s*\n/, 1)[0] ?? '';
  if (paragraph.length <= limit) return paragraph;
  const beginning = paragraph.slice(0, limit - 1);
  // Half a character is none.
  return `${beginning.replace(/[\uD800-\uDBFF]$/, '').trimEnd()}…`;
}
