import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Athlete } from '@/api/queries';
import { summaryQuery } from '@/api/sessions';
import { Loaded } from '@/components/ui/loaded';
import { NumberButton } from '@/formulas/number-button';
import { NumberDialog } from '@/formulas/number-dialog';
import { useWords } from '@/words/catalogue';
import { formulaWords } from '@/words/formulas';
import { sessionWords } from '@/words/sessions';
import type { AthleteSummary } from '@/formulas/summary-numbers';
import { PLACES, coverageOf, numberAt, valueAt, zoneSeconds } from '@/formulas/summary-numbers';
import { ZoneBar } from './zone-bar';

const SHOWN = [
  ['mean', 'bpm'],
  ['highest', 'bpm'],
  ['load', 'points'],
  ['rating', 'points'],
] as const;

/** The numbers of one athlete in a session that has ended. */
export function OwnNumbers({ sessionId, athlete }: { sessionId: string; athlete: Athlete }) {
  const words = useWords(sessionWords);
  const query = useQuery(summaryQuery(sessionId));
  return (
    <Loaded query={query} what={words.what.summary}>
      {({ athletes }) => {
        const own = athletes.find(one => one.athlete_id === athlete.id);
        if (own === undefined) return <p className="text-ink-soft">{words.notThere(athlete.name)}</p>;
        return <Numbers summary={own} name={athlete.name} />;
      }}
    </Loaded>
  );
}

function Numbers({ summary, name }: { summary: AthleteSummary; name: string }) {
  const words = useWords(sessionWords);
  const formulas = useWords(formulaWords);
  const [asked, setAsked] = useState<keyof typeof PLACES | null>(null);
  const number = asked && numberAt(summary, PLACES[asked]);
  const seconds = zoneSeconds(summary);
  const coverage = coverageOf(summary);
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
        {SHOWN.map(([place, unit]) => (
          <div key={place}>
            <dt className="text-sm text-ink-soft">
              {words.column[place]}, {words.unit[unit]}
            </dt>
            <dd className="text-2xl font-semibold tabular-nums">
              <NumberButton
                value={valueAt(summary, PLACES[place])}
                label={formulas.howOf(words.column[place], name)}
                revised={place === 'load' ? summary.revised : null}
                onAsk={numberAt(summary, PLACES[place]) && (() => setAsked(place))}
              />
            </dd>
          </div>
        ))}
      </dl>
      {seconds !== null && (
        <div>
          <p className="text-sm text-ink-soft">{words.column.zones}</p>
          <ZoneBar seconds={seconds} />
        </div>
      )}
      {coverage !== null && (
        <p className="text-sm text-ink-soft">
          {words.column.coverage}: {coverage} %
        </p>
      )}
      {asked && number && (
        <NumberDialog
          title={`${words.column[asked]}: ${name}`}
          number={number}
          because={summary.because.map(one => words.because[one])}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
