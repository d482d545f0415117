import type { Change } from '../diff/change.js';
import { SEVERITIES, type Severity } from '../diff/codes.js';
import { markdownCode, markdownText } from '../emit/markdown.js';
import { plural } from './budget.js';
import { summarize, titles } from './changes-text.js';

/** GitHub limits comments to 65,536 characters; further rows are only counted. */
const LONGEST = 60_000;

/** Changes for a comment on a pull request: a summary, and one table per severity. */
export function formatMarkdown(changes: readonly Change[]): string {
  if (changes.length === 0) return 'No differences.\n';
  let left = LONGEST;
  const sections = SEVERITIES.map((severity) => {
    const rows = changes.filter((change) => change.gravity === severity).map(row);
    const shown = rows.filter((text) => (left -= text.length) >= 0);
    return formatSection(severity, shown, rows.length - shown.length);
  });
  return [`${summarize(changes)}.\n`, ...sections.filter((section) => section !== '')].join('\n');
}

function formatSection(severity: Severity, rows: readonly string[], hidden: number): string {
  if (rows.length + hidden === 0) return '';
  const more =
    hidden > 0 ? `\n… and ${plural(hidden, 'more change')} (use --json to see all)\n` : '';
  const table = ['| Tool | Request | Change |', '| --- | --- | --- |', ...rows];
  return `### ${titles[severity]}\n\n${table.join('\n')}\n${more}`;
}

function row({ tool = '', operation = '', message }: Change): string {
  return `| ${markdownCode(tool)} | ${markdownCode(operation)} | ${markdownText(message)} |`;
}
