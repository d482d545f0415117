import type { Change } from '../diff/change.js';
import { GRAVITIES, type Gravity } from '../diff/codes.js';
import { markdownCode, markdownText } from '../emit/markdown.js';
import { plural } from './budget.js';
import { summarize } from './changes-text.js';

/** GitHub takes no comment of more than 65,536 characters; the rows that do not fit are counted. */
const LONGEST = 60_000;

/** Changes for a comment on a pull request: a summary, and a table for each gravity. */
export function formatMarkdown(changes: readonly Change[]): string {
  if (changes.length === 0) return 'No differences.\n';
  let left = LONGEST;
  const sections = GRAVITIES.map((gravity) => {
    const rows = changes.filter((change) => change.gravity === gravity).map(row);
    const shown = rows.filter((text) => (left -= text.length) >= 0);
    return formatSection(gravity, shown, rows.length - shown.length);
  });
  return [`${summarize(changes)}.\n`, ...sections.filter((section) => section !== '')].join('\n');
}

const titles: Readonly<Record<Gravity, string>> = {
  breaking: 'Breaking',
  security: 'Security',
  compatible: 'Compatible',
};

function formatSection(gravity: Gravity, rows: readonly string[], hidden: number): string {
  if (rows.length + hidden === 0) return '';
  const more =
    hidden > 0 ? `\n… and ${plural(hidden, 'more change')} (all of them with --json)\n` : '';
  const table = ['| Tool | Request | Change |', '| --- | --- | --- |', ...rows];
  return `### ${titles[gravity]}\n\n${table.join('\n')}\n${more}`;
}

function row({ tool = '', operation = '', message }: Change): string {
  return `| ${markdownCode(tool)} | ${markdownCode(operation)} | ${markdownText(message)} |`;
}
