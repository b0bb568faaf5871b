import { CsvButton } from '@/components/ui/csv-button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { seasonWords } from '@/words/season';
import type { OverviewWeek, Told } from './season';
import { TOLD, valueOf } from './season';

/** The charts' numbers as a table, for whoever reads or keeps them; open on request. */
export function WeekTable({ team, weeks }: { team: string; weeks: readonly OverviewWeek[] }) {
  const words = useWords(seasonWords);
  const columns = useColumns();
  const name = words.tableOf(team);
  return (
    <details>
      <summary className="flex min-h-11 cursor-pointer items-center font-medium underline">
        {words.table}
      </summary>
      <div className="flex flex-col gap-2">
        <DataTable
          caption={name}
          columns={columns}
          rows={weeks.toReversed()}
          rowKey={week => week.first_day}
        />
        <div className="self-end">
          <CsvButton name={name} columns={columns} rows={weeks} />
        </div>
      </div>
    </details>
  );
}

function useColumns(): Column<OverviewWeek>[] {
  const words = useWords(seasonWords);
  const { number, day } = useFormats();
  const told = (name: Told): Column<OverviewWeek> => ({
    name: words.told[name],
    unit: words.unit[name],
    isNumber: true,
    by: week => valueOf(week, name),
    show: week => {
      const value = valueOf(week, name);
      return value === null ? '–' : number(value, name === 'wellness' ? 1 : 0);
    },
  });
  return [
    {
      name: words.column.week,
      isHead: true,
      by: week => week.first_day,
      show: week => day(`${week.first_day}T12:00`),
    },
    {
      name: words.column.sessions,
      isNumber: true,
      by: week => week.sessions,
      show: week => week.sessions,
    },
    { name: words.column.matches, isNumber: true, by: week => week.matches, show: week => week.matches },
    ...TOLD.map(name => told(name)),
  ];
}
