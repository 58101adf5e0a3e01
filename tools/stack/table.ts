/** Lines of equal columns, the first row being their titles; numbers end where their column ends. */
export function formatTable(rows: (string | number)[][]): string {
  const cells = rows.map((row) => row.map(String));
  const widths = (cells[0] ?? []).map((_title, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const numeric = widths.map((_width, column) =>
    rows.slice(1).some((row) => typeof row[column] === 'number'),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
