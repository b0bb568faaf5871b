import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { resultOf, unknownDays } from '@/formulas/loads';
import { NumberDialog } from '@/formulas/number-dialog';
import { useWords } from '@/words/catalogue';
import { formulaWords } from '@/words/formulas';
import { useFormats } from '@/words/formats';
import { squadWords } from '@/words/squad';
import { Availability } from './availability';
import type { SquadRow } from './loads';

const RESULTS = {
  acute: { formula: 'fitness_fatigue', output: 'acute', digits: 0 },
  chronic: { formula: 'fitness_fatigue', output: 'chronic', digits: 0 },
  balance: { formula: 'fitness_fatigue', output: 'balance', digits: 0 },
  ratio: { formula: 'acute_chronic_ratio', output: 'ratio', digits: 2 },
  monotony: { formula: 'monotony', output: 'monotony', digits: 1 },
} as const;
type ResultName = keyof typeof RESULTS;

interface Asked {
  row: SquadRow;
  name: ResultName;
}

/** The numbers of today, each with how it is computed. */
export function SquadTable({ rows }: { rows: readonly SquadRow[] }) {
  const words = useWords(squadWords);
  const [asked, setAsked] = useState<Asked | null>(null);
  const columns = useColumns(setAsked);
  const number = asked && asked.row.loads.results.find(one => one.formula === RESULTS[asked.name].formula);
  return (
    <>
      <DataTable
        caption={words.what.loads}
        columns={columns}
        rows={rows}
        rowKey={row => row.loads.athlete_id}
      />
      {asked && number && (
        <NumberDialog
          title={`${words.column[asked.name]}: ${asked.row.name}`}
          number={number}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

function useColumns(onAsk: (asked: Asked) => void): Column<SquadRow>[] {
  const words = useWords(squadWords);
  const formulas = useWords(formulaWords);
  const { number } = useFormats();
  const result = (name: ResultName, unit?: string): Column<SquadRow> => ({
    name: words.column[name],
    ...(unit === undefined ? {} : { unit }),
    isNumber: true,
    by: row => resultOf(row.loads, RESULTS[name].formula, RESULTS[name].output),
    show: row => {
      const value = resultOf(row.loads, RESULTS[name].formula, RESULTS[name].output);
      const shown = value === null ? '–' : number(value, RESULTS[name].digits);
      return (
        <button
          type="button"
          title={formulas.how}
          aria-label={`${shown}. ${formulas.howOf(words.column[name], row.name)}`}
          onClick={() => onAsk({ row, name })}
          className="min-h-11 min-w-11 text-right underline decoration-line-strong decoration-dotted underline-offset-4"
        >
          {shown}
        </button>
      );
    },
  });
  return [
    {
      name: words.column.athlete,
      isHead: true,
      by: row => row.name,
      show: row => (
        <span className="flex items-baseline gap-2">
          <span className="w-7 text-right text-ink-soft tabular-nums">{row.number ?? '–'}</span>
          <AthleteLink row={row} />
        </span>
      ),
    },
    { name: words.column.availability, show: row => <Availability absence={row.absence} /> },
    result('acute', words.perDay),
    result('chronic', words.perDay),
    result('balance', words.perDay),
    result('ratio'),
    result('monotony'),
    {
      name: words.column.known,
      isNumber: true,
      by: row => row.loads.load.length - unknownDays(row.loads),
      show: row => `${row.loads.load.length - unknownDays(row.loads)} / ${row.loads.load.length}`,
    },
  ];
}

export function AthleteLink({ row }: { row: SquadRow }) {
  return (
    <Link
      to="/athletes/$athleteId"
      params={{ athleteId: row.loads.athlete_id }}
      className="underline decoration-line-strong underline-offset-4"
    >
      {row.name}
    </Link>
  );
}
