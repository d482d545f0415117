import { oneLine } from './terminal.js';

/** The minimum width of a column that is made narrower. */
const minWidth = 12;

const gap = '  ';

/**
 * Rows in aligned columns; columns of numbers are right-aligned. Cells may have any text: each is shown on one line,
 * made safe for a terminal. No line is longer than `columns`, the width of the terminal: cells that do not fit are
 * wrapped. `paint` colours the first cell of a row.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
  paint = (cell: string) => cell,
): string {
  const all = [header, ...rows].map((row) => row.map(oneLine));
  const natural = header.map((_, column) =>
    all.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  const widths = fit(natural, columns);
  const numeric = header.map((_, column) =>
    rows.every((row) => /^(truncated )?[\d,]+$/.test(row[column] ?? '')),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const blank = ' '.repeat((widths[column] ?? 0) - cell.length);
        if (numeric[column] === true) return blank + cell;
        return (column === 0 ? paint(cell) : cell) + blank;
      })
      .join(gap)
      .trimEnd();
  return `${all
    .flatMap((row) => fold(row, widths))
    .map(line)
    .join('\n')}\n`;
}

/** Narrows the widest column until all of them fit, or none can be narrowed further. */
function fit(natural: readonly number[], columns: number): number[] {
  const widths = natural.map((width) => Math.min(width, columns));
  let excess = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) - columns;
  for (; excess > 0; excess -= 1) {
    const widest = Math.max(...widths);
    if (widest <= minWidth) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** A row as one or more lines, as many as its longest cell needs. */
function fold(row: readonly string[], widths: readonly number[]): string[][] {
  const cells = row.map((cell, column) => wrap(cell, widths[column] ?? cell.length));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) => cells.map((lines) => lines[index] ?? ''));
}

/** Breaks after a space, else after a character that separates parts of a name or a path, else anywhere. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const head = rest.slice(0, width + 1);
    const space = head.lastIndexOf(' ');
    const part = Math.max(
      ...['/', '_', '-', '.', ',', ':'].map((mark) => head.lastIndexOf(mark, width - 1)),
    );
    const end = space > 0 ? space : part > 0 ? part + 1 : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
