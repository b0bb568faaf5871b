/** A table as a file that spreadsheets open: RFC 4180, in UTF-8 with its mark. */

type Cell = string | number | null;

/** Without the mark Excel takes UTF-8 for the code page of its country. */
const MARK = '\uFEFF';
/** A text that begins so is run as a formula by spreadsheets; names come from files of others. */
const RUNS = /^[=+\-@\t\r]/;

export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return MARK + rows.map(row => `${row.map(cell => cellOf(cell)).join(',')}\r\n`).join('');
}

function cellOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = RUNS.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
