import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { athletesQuery } from '@/api/queries';
import type { SessionEntry } from '@/api/sessions';
import { summaryQuery } from '@/api/sessions';
import { CsvButton } from '@/components/ui/csv-button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { NumberedName } from '@/components/ui/numbered-name';
import { Panel } from '@/components/ui/panel';
import { Segments } from '@/components/ui/segments';
import { NumberButton } from '@/formulas/number-button';
import { NumberDialog } from '@/formulas/number-dialog';
import type { AthleteSummary } from '@/formulas/summary-numbers';
import { PLACES, numberAt, valueAt } from '@/formulas/summary-numbers';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { formulaWords } from '@/words/formulas';
import { useFormats } from '@/words/formats';
import { sessionWords } from '@/words/sessions';
import type { Competition } from './competitions';
import { dayOf } from './competitions';
import { beside, matchesQuery } from './matches';

const COMPARED = ['load', 'mean', 'highest'] as const;
type Compared = (typeof COMPARED)[number];

/** The matches that a team played on the days of a competition, beside those before. Nothing where there was none. */
export function MatchDays({ competition }: { competition: Competition }) {
  const matches = useQuery(matchesQuery(dayOf(competition), competition.last_day ?? dayOf(competition)));
  // a competition without a match of ours has nothing to compare: neither a place nor an error of its own
  if (matches.data === undefined) return null;
  return beside(matches.data, dayOf(competition)).map(days => <OfTeam key={days[0].id} days={days} />);
}

interface Row {
  id: string;
  name: string;
  number: number | null;
  /** By the ids of sessions. */
  summaries: ReadonlyMap<string, AthleteSummary>;
}

function OfTeam({ days }: { days: readonly [SessionEntry, ...SessionEntry[]] }) {
  const words = useWords(competitionWords);
  const sessions = useWords(sessionWords);
  const [compared, setCompared] = useState<Compared>('load');
  const [asked, setAsked] = useState<{ row: Row; session: SessionEntry } | null>(null);
  const athletes = useQuery(athletesQuery(days[0].team_id));
  const summaries = useQueries({ queries: days.map(({ id }) => summaryQuery(id)) });
  const rows = (athletes.data ?? []).flatMap(({ id, name, number }) => {
    const own = summaries.flatMap(({ data }) => {
      const found = data?.athletes.find(one => one.athlete_id === id);
      return data === undefined || found === undefined ? [] : [[data.session_id, found] as const];
    });
    return own.length === 0 ? [] : [{ id, name, number, summaries: new Map(own) }];
  });
  const columns = useColumns(days, compared, (row, session) => setAsked({ row, session }));
  const summary = asked?.row.summaries.get(asked.session.id);
  const number = summary && numberAt(summary, PLACES[compared]);
  return (
    <Panel title={words.matchDay} hint={words.matchDayHint}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Segments
          legend={words.number}
          value={compared}
          options={COMPARED.map(value => ({ value, label: sessions.column[value] }))}
          onChange={chosen => setCompared(chosen)}
        />
        <CsvButton name={`${days[0].name} ${sessions.column[compared]}`} columns={columns} rows={rows} />
      </div>
      {days.length === 1 && <p className="text-ink-soft">{words.noEarlier}</p>}
      <DataTable
        caption={`${words.matchDay}: ${days[0].name}`}
        columns={columns}
        rows={rows}
        rowKey={row => row.id}
      />
      {asked && summary && number && (
        <NumberDialog
          title={`${sessions.column[compared]}: ${asked.row.name}, ${asked.session.name}`}
          number={number}
          because={summary.because.map(one => sessions.because[one])}
          onClose={() => setAsked(null)}
        />
      )}
    </Panel>
  );
}

function useColumns(
  days: readonly SessionEntry[],
  compared: Compared,
  onAsk: (row: Row, session: SessionEntry) => void,
): Column<Row>[] {
  const sessions = useWords(sessionWords);
  const formulas = useWords(formulaWords);
  const { day } = useFormats();
  const valueIn = (row: Row, session: SessionEntry) => {
    const summary = row.summaries.get(session.id);
    return summary === undefined ? null : valueAt(summary, PLACES[compared]);
  };
  return [
    {
      name: sessions.column.athlete,
      isHead: true,
      by: row => row.name,
      show: row => <NumberedName number={row.number}>{row.name}</NumberedName>,
    },
    ...days.map((session): Column<Row> => ({
      name: session.name,
      unit: day(session.started_at ?? session.planned_from),
      isNumber: true,
      by: row => valueIn(row, session),
      show: row => {
        const summary = row.summaries.get(session.id);
        const number = summary && numberAt(summary, PLACES[compared]);
        return (
          <NumberButton
            value={valueIn(row, session)}
            label={formulas.howOf(`${sessions.column[compared]}, ${session.name}`, row.name)}
            revised={compared === 'load' ? (summary?.revised ?? null) : null}
            onAsk={number && (() => onAsk(row, session))}
          />
        );
      },
    })),
  ];
}
