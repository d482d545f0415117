/** Wider cells than this stand out instead of pushing every other row to the right. */
const maxWidth = 36;

/** Rows of plain text in aligned columns; columns of numbers are aligned to the right. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.min(maxWidth, Math.max(...all.map((row) => row[column]?.length ?? 0))),
  );
  const numeric = header.map((_, column) =>
    rows.every((row) => /^(cut )?[\d,]+$/.test(row[column] ?? '')),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numeric[column] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}
