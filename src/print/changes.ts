import type { Change } from '../diff/change.js';
import { SEVERITIES, type Severity } from '../diff/codes.js';
import { markdownCode, markdownText } from '../emit/markdown.js';
import type { Terminal } from './terminal.js';
import { count, plural } from '../numbers.js';
import { formatTable } from './table.js';

/** The names of the severities at the start of a line. */
export const titles: Readonly<Record<Severity, string>> = {
  breaking: 'Breaking',
  security: 'Security',
  compatible: 'Compatible',
};

/** Changes as a table, and the number of changes of each severity. */
export function formatChanges(
  changes: readonly Change[],
  { resultColumns, grade }: Pick<Terminal, 'resultColumns' | 'grade'>,
): string {
  if (changes.length === 0) return 'No differences.\n';
  const header = ['SEVERITY', 'TOOL', 'REQUEST', 'CHANGE'];
  return `${formatTable(header, changes.map(cells), resultColumns, grade)}\n${summarize(changes)}.\n`;
}

/** The number of changes: `3 changes: 1 breaking, 0 security, 2 compatible`. */
function summarize(changes: readonly Change[]): string {
  const counts = countBySeverity(changes);
  const each = SEVERITIES.map((severity) => `${count(counts[severity])} ${severity}`);
  return `${plural(changes.length, 'change')}: ${each.join(', ')}`;
}

/** The number of changes of each severity. */
export function countBySeverity(changes: readonly Change[]): Record<Severity, number> {
  const of = (severity: Severity) => changes.filter((change) => change.gravity === severity).length;
  return { breaking: of('breaking'), security: of('security'), compatible: of('compatible') };
}

function cells({ gravity, tool = '-', operation = '-', message }: Change): string[] {
  return [gravity, tool, operation, message];
}

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
