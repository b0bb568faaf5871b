import { LoadChart, LoadLegend } from '@/formulas/load-chart';
import type { LoadOutput } from '@/formulas/load-results';
import { LOAD_RESULTS } from '@/formulas/load-results';
import { resultOf, unknownDays } from '@/formulas/loads';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { squadWords } from '@/words/squad';
import { Availability } from './availability';
import type { SquadRow } from './loads';
import { AthleteLink } from './squad-table';

const ON_A_CARD = ['acute', 'chronic', 'balance', 'ratio'] as const satisfies readonly LoadOutput[];

/** Small multiples: everybody's load by days on one scale. */
export function SquadCards({ rows, days }: { rows: readonly SquadRow[]; days: readonly string[] }) {
  const most = Math.max(...rows.flatMap(row => row.loads.load.map(load => load ?? 0)));
  return (
    <>
      <LoadLegend />
      <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-3 3xl:grid-cols-5 print:grid-cols-3">
        {rows.map(row => (
          <Card key={row.loads.athlete_id} row={row} days={days} most={most} />
        ))}
      </ul>
    </>
  );
}

function Card({ row, days, most }: { row: SquadRow; days: readonly string[]; most: number }) {
  const words = useWords(squadWords);
  const { number } = useFormats();
  const unknown = unknownDays(row.loads);
  const told = (output: LoadOutput) => {
    const value = resultOf(row.loads, LOAD_RESULTS[output].formula, output);
    return value === null ? '–' : number(value, LOAD_RESULTS[output].digits);
  };
  return (
    <li className="flex break-inside-avoid flex-col gap-2 rounded-xl border border-line bg-surface p-3">
      <div className="flex items-baseline gap-2">
        <b className="tabular-nums">{row.number ?? '–'}</b>
        <span className="min-w-0 flex-1 truncate font-medium">
          <AthleteLink row={row} />
        </span>
        {row.absence !== undefined && <Availability absence={row.absence} />}
      </div>
      <LoadChart name={row.name} loads={row.loads} days={days} most={most} />
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {ON_A_CARD.map(output => (
          <Told key={output} name={words.column[output]} value={told(output)} />
        ))}
        {unknown > 0 && <dd className="text-late">{words.unknownDays(unknown)}</dd>}
      </dl>
    </li>
  );
}

function Told({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-ink-soft">{name}</dt>
      <dd className="font-semibold tabular-nums">{value}</dd>
    </div>
  );
}
