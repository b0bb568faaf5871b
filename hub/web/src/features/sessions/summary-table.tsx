import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { NumberedName } from '@/components/ui/numbered-name';
import { NumberButton } from '@/formulas/number-button';
import { NumberDialog } from '@/formulas/number-dialog';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { formulaWords } from '@/words/formulas';
import { sessionWords } from '@/words/sessions';
import type { AthleteSummary } from '@/formulas/summary-numbers';
import { PLACES, coverageOf, numberAt, valueAt, zoneSeconds } from '@/formulas/summary-numbers';
import type { SessionSummary } from './sessions';
import { ZoneBar } from './zone-bar';

export interface Who {
  name: string;
  number: number | null;
}

interface SummaryTableProps {
  summary: SessionSummary;
  /** Names and jersey numbers by the athletes' ids. */
  people: ReadonlyMap<string, Who>;
}

interface Row extends Who {
  athlete: AthleteSummary;
}

interface Asked {
  row: Row;
  place: keyof typeof PLACES;
}

/** The numbers of all athletes of a session, by jersey number until somebody sorts them. */
export function SummaryTable({ summary, people }: SummaryTableProps) {
  const words = useWords(sessionWords);
  const [asked, setAsked] = useState<Asked | null>(null);
  const rows = summary.athletes
    .map(athlete => ({ athlete, ...(people.get(athlete.athlete_id) ?? { name: '…', number: null }) }))
    .toSorted((one, other) => (one.number ?? Infinity) - (other.number ?? Infinity));
  const columns = useColumns(summary, setAsked);
  const number = asked && numberAt(asked.row.athlete, PLACES[asked.place]);
  return (
    <>
      <DataTable
        caption={words.what.summary}
        columns={columns}
        rows={rows}
        rowKey={row => row.athlete.athlete_id}
      />
      {asked && number && (
        <NumberDialog
          title={`${words.column[asked.place]}: ${asked.row.name}`}
          number={number}
          because={asked.row.athlete.because.map(one => words.because[one])}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

function useColumns({ from, to }: SessionSummary, onAsk: (asked: Asked) => void): Column<Row>[] {
  const words = useWords(sessionWords);
  const formulas = useWords(formulaWords);
  const { number } = useFormats();
  const measured = (place: keyof typeof PLACES, unit: string): Column<Row> => ({
    name: words.column[place],
    unit,
    isNumber: true,
    by: row => valueAt(row.athlete, PLACES[place]),
    show: row => (
      <NumberButton
        value={valueAt(row.athlete, PLACES[place])}
        label={formulas.howOf(words.column[place], row.name)}
        revised={place === 'load' ? row.athlete.revised : null}
        onAsk={numberAt(row.athlete, PLACES[place]) && (() => onAsk({ row, place }))}
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
          <Link
            to="/athletes/$athleteId"
            params={{ athleteId: row.athlete.athlete_id }}
            search={{ from, to }}
            className="underline decoration-line-strong underline-offset-4"
          >
            {row.name}
          </Link>
        </NumberedName>
      ),
    },
    {
      name: words.column.coverage,
      unit: words.unit.percent,
      isNumber: true,
      by: row => coverageOf(row.athlete),
      show: row => {
        const percent = coverageOf(row.athlete);
        return percent === null ? '–' : number(percent, 0);
      },
    },
    measured('mean', words.unit.bpm),
    measured('highest', words.unit.bpm),
    measured('load', words.unit.points),
    measured('rating', words.unit.points),
    {
      name: words.column.zones,
      show: row => {
        const seconds = zoneSeconds(row.athlete);
        return seconds === null ? '–' : <ZoneBar seconds={seconds} />;
      },
    },
  ];
}
