import type { Outcome } from './examine.js';
import type { CorpusDocument } from './packages.js';
import { sharesProcess } from './pool.js';

/** A document with its outcome and its faults. */
export interface Row {
  readonly document: CorpusDocument;
  readonly outcome: Outcome;
  readonly failures: readonly string[];
}

const head = ['document', 'version', 'operations', 'tools', 'left out', 'other warnings'];
const costs = ['seconds', 'peak MB', 'tokens', 'result'];

/** The rows as a Markdown table, with a line of sums; in columns, unless it is only to be stored. */
export function formatTable(rows: readonly Row[], aligned = true): string {
  const lines = [[...head, ...costs], ...rows.map(cells), sums(rows)];
  const widths = lines[0]?.map((_, column) =>
    aligned ? Math.max(...lines.map((line) => width(line, column))) : 1,
  );
  const [titles = '', ...body] = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${(widths ?? []).map((length) => '-'.repeat(length)).join(' | ')} |`;
  return [titles, rule, ...body].join('\n');
}

function width(line: readonly string[], column: number): number {
  return line[column]?.length ?? 0;
}

function cells({ document, outcome, failures }: Row): string[] {
  const { version, operations, tools, seconds, megabytes, tokens, refused } = outcome;
  const result = refused === undefined ? 'ok' : `refused, as listed: ${refused.join(', ')}`;
  return [
    document.name,
    version,
    String(operations),
    String(tools),
    reasons(outcome.leftOut),
    reasons(otherWarnings(outcome)),
    seconds.toFixed(1),
    `${sharesProcess(document) ? '<= ' : ''}${megabytes.toFixed(0)}`,
    String(tokens),
    failures.length > 0 ? 'FAILED' : result,
  ];
}

function sums(rows: readonly Row[]): string[] {
  const sum = (number: (outcome: Outcome) => number) =>
    rows.reduce((total, { outcome }) => total + number(outcome), 0);
  const merge = (counts: (outcome: Outcome) => Readonly<Record<string, number>>) => {
    const total: Record<string, number> = {};
    for (const { outcome } of rows)
      for (const [code, count] of Object.entries(counts(outcome)))
        total[code] = (total[code] ?? 0) + count;
    return reasons(total);
  };
  return [
    `${rows.length} documents`,
    '',
    String(sum(({ operations }) => operations)),
    String(sum(({ tools }) => tools)),
    merge(({ leftOut }) => leftOut),
    merge(otherWarnings),
    sum(({ seconds }) => seconds).toFixed(1),
    rows.reduce((most, { outcome }) => Math.max(most, outcome.megabytes), 0).toFixed(0),
    String(sum(({ tokens }) => tokens)),
    '',
  ];
}

function otherWarnings({ warnings, leftOut }: Outcome): Record<string, number> {
  const rest = Object.entries(warnings).map(
    ([code, count]) => [code, count - (leftOut[code] ?? 0)] as const,
  );
  return Object.fromEntries(rest.filter(([, count]) => count > 0));
}

function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([code, count]) => `${count} ${code}`)
    .join(', ');
}
