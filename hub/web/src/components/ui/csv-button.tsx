import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { Button } from './button';
import { csvOf } from './csv';
import type { Column } from './data-table';
import { DownIcon } from './icons';

interface CsvButtonProps<Row> {
  /** What the table is of: the file is called so. */
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
}

/** A table's rows as a file, by what its columns are sorted by: numbers in full, not as they are shown. */
export function CsvButton<Row>({ name, columns, rows }: CsvButtonProps<Row>) {
  const words = useWords(commonWords);
  const told = columns.filter(column => column.by !== undefined);
  const save = () => {
    const heads = told.map(({ name: head, unit }) => (unit === undefined ? head : `${head} (${unit})`));
    const csv = csvOf([heads, ...rows.map(row => told.map(column => column.by?.(row) ?? null))]);
    const address = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `${name}.csv`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Button aria-label={words.csvOf(name)} onClick={save}>
      <DownIcon className="size-4" /> CSV
    </Button>
  );
}
