import { oneLine } from './asker.js';

/** A name and some numbers, in columns: names are cut to what the numbers leave of the width, in characters. */
export function formatRows(
  rows: readonly (readonly [string, ...string[]])[],
  width: number,
): string[] {
  const gap = '  ';
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  );
  const [names = 0, ...numbers] = widths;
  const taken = numbers.reduce((sum, number) => sum + gap.length + number, 0);
  const room = Math.min(names, Math.max(width - taken, 8));
  return rows.map(([name, ...cells]) =>
    [
      cut(oneLine(name), room).padEnd(room),
      ...cells.map((cell, column) => cell.padStart(numbers[column] ?? 0)),
    ].join(gap),
  );
}

/** A text, with `…` for what is too long of it. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
