import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import type { LoadOutput } from '@/formulas/load-results';
import { LOAD_RESULTS } from '@/formulas/load-results';
import { resultOf, unknownDays } from '@/formulas/loads';
import { NumberedName } from '@/components/ui/numbered-name';
import { NumberButton } from '@/formulas/number-button';
import { NumberDialog } from '@/formulas/number-dialog';
import { useWords } from '@/words/catalogue';
import { formulaWords } from '@/words/formulas';
import { squadWords } from '@/words/squad';
import { Availability } from './availability';
import type { SquadRow } from './loads';

interface Asked {
  row: SquadRow;
  name: LoadOutput;
}

/** The numbers of today, each with how it is computed. */
export function SquadTable({ rows }: { rows: readonly SquadRow[] }) {
  const words = useWords(squadWords);
  const [asked, setAsked] = useState<Asked | null>(null);
  const columns = useColumns(setAsked);
  const number =
    asked && asked.row.loads.results.find(one => one.formula === LOAD_RESULTS[asked.name].formula);
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
  const result = (name: LoadOutput, unit?: string): Column<SquadRow> => ({
    name: words.column[name],
    ...(unit === undefined ? {} : { unit }),
    isNumber: true,
    by: row => resultOf(row.loads, LOAD_RESULTS[name].formula, name),
    show: row => (
      <NumberButton
        value={resultOf(row.loads, LOAD_RESULTS[name].formula, name)}
        digits={LOAD_RESULTS[name].digits}
        label={formulas.howOf(words.column[name], row.name)}
        onAsk={() => onAsk({ row, name })}
      />
    ),
  });
  return [
    {
      name: words.column.athlete,
      isHead: true,
      by: row => row.name,
      show: row => (
        <NumberedName number={row.number}>
          <AthleteLink row={row} />
        </NumberedName>
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
