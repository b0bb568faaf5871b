import type { ReactNode } from 'react';
import { useState } from 'react';
import { DownIcon } from './icons';

export interface Column<Row> {
  name: string;
  /** A unit below the name. */
  unit?: string;
  show: (row: Row) => ReactNode;
  /** What it is sorted by; a column without it is not sortable. Null goes last. */
  by?: (row: Row) => number | string | null;
  /** Numbers stand to the right. */
  isNumber?: boolean;
  /** Keeps its place while the others scroll: the column that says whose row it is. */
  isHead?: boolean;
  className?: string;
}

interface DataTableProps<Row> {
  /** What the table is of, for screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/** A table that is sorted when somebody asks for it, and not before. Scrolls sideways in its own frame. */
export function DataTable<Row>({ caption, columns, rows, rowKey }: DataTableProps<Row>) {
  const [sorted, setSorted] = useState<Sorting | null>(null);
  const by = sorted === null ? undefined : columns[sorted.column]?.by;
  const shown = by === undefined || sorted === null ? rows : inOrder(rows, by, sorted.isDown);
  return (
    <div
      className="overflow-x-auto print:overflow-visible rounded-xl border border-line bg-surface"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
      tabIndex={0}
      role="region"
      aria-label={caption}
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line">
            {columns.map((column, index) => (
              <HeadCell
                key={column.name}
                column={column}
                sorted={sorted?.column === index ? sorted : null}
                onSort={() => setSorted(next(sorted, index, column.isNumber === true))}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(row => (
            <tr key={rowKey(row)} className="border-b border-line last:border-b-0">
              {columns.map(column => (
                <Cell key={column.name} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Sorting {
  column: number;
  isDown: boolean;
}

const HEAD = 'sticky left-0 z-1 bg-surface';

function HeadCell<Row>({
  column,
  sorted,
  onSort,
}: {
  column: Column<Row>;
  sorted: Sorting | null;
  onSort: () => void;
}) {
  const order = sorted === null ? undefined : sorted.isDown ? 'descending' : 'ascending';
  const name = (
    <span className="whitespace-nowrap">
      {column.name}
      {column.unit !== undefined && (
        <span className="block text-xs font-normal text-ink-soft">{column.unit}</span>
      )}
    </span>
  );
  return (
    <th scope="col" aria-sort={order} className={`align-bottom ${column.isHead === true ? HEAD : ''}`}>
      {column.by === undefined ? (
        <div className="px-3 py-2 text-sm font-semibold">{name}</div>
      ) : (
        <button
          type="button"
          onClick={onSort}
          className={`flex min-h-11 w-full items-end gap-1 px-3 py-2 text-left text-sm font-semibold ${column.isNumber === true ? 'flex-row-reverse text-right' : ''}`}
        >
          {name}
          <DownIcon
            className={`size-4 print:hidden ${sorted === null ? 'invisible' : sorted.isDown ? '' : 'rotate-180'}`}
          />
        </button>
      )}
    </th>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const look = `px-3 py-2 ${column.isNumber === true ? 'text-right tabular-nums' : ''} ${column.className ?? ''}`;
  if (column.isHead === true)
    return (
      <th scope="row" className={`font-medium sm:whitespace-nowrap ${HEAD} ${look}`}>
        {column.show(row)}
      </th>
    );
  return <td className={look}>{column.show(row)}</td>;
}

/** Numbers begin with the highest, words with A; the third time the table is as it came. */
function next(sorted: Sorting | null, column: number, isNumber: boolean): Sorting | null {
  if (sorted?.column !== column) return { column, isDown: isNumber };
  return sorted.isDown === isNumber ? { column, isDown: !isNumber } : null;
}

function inOrder<Row>(
  rows: readonly Row[],
  by: (row: Row) => number | string | null,
  isDown: boolean,
): readonly Row[] {
  return rows.toSorted((one, other) => {
    const [first, second] = [by(one), by(other)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    const order = typeof first === 'string' ? first.localeCompare(String(second)) : first - Number(second);
    return isDown ? -order : order;
  });
}
