import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Athlete } from '@/api/queries';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { SquadIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Panel } from '@/components/ui/panel';
import { SelectField } from '@/components/ui/select-field';
import { LoadChart, LoadLegend } from '@/formulas/load-chart';
import type { AthleteLoads, Measure } from '@/formulas/loads';
import type { LoadOutput } from '@/formulas/load-results';
import { LOAD_OUTPUTS, LOAD_RESULTS } from '@/formulas/load-results';
import { resultOf, unknownDays } from '@/formulas/loads';
import { MeasureField } from '@/formulas/measure-field';
import { NumberButton } from '@/formulas/number-button';
import { NumberDialog } from '@/formulas/number-dialog';
import { useWords } from '@/words/catalogue';
import { formulaWords } from '@/words/formulas';
import { ownWords } from '@/words/own';
import type { SpanDays } from './own';
import { SPANS_DAYS, ownLoadsQuery } from './own';
import type { Whose } from './own-page';
import { OwnPage } from './own-page';

export interface TrendsChoice {
  days: SpanDays;
  measure: Measure;
}

interface TrendsPageProps extends Whose {
  today: Date;
  choice: TrendsChoice;
  onChoice: (choice: TrendsChoice) => void;
}

/** One's own training load by days, and what it adds up to. */
export function TrendsPage({ today, choice, onChoice, ...whose }: TrendsPageProps) {
  const words = useWords(ownWords);
  return (
    <OwnPage
      title={words.trends}
      {...whose}
      actions={
        <>
          <SelectField
            label={words.days}
            value={choice.days}
            options={SPANS_DAYS.map(days => ({ value: String(days), label: words.ofDays(days) }))}
            onChange={event => {
              const days = SPANS_DAYS.find(one => String(one) === event.target.value);
              if (days !== undefined) onChoice({ ...choice, days });
            }}
          />
          <MeasureField value={choice.measure} onChange={measure => onChoice({ ...choice, measure })} />
        </>
      }
    >
      {athlete => <OfAthlete key={athlete.id} athlete={athlete} choice={choice} today={today} />}
    </OwnPage>
  );
}

type OfAthleteProps = Pick<TrendsPageProps, 'today' | 'choice'> & { athlete: Athlete };

function OfAthlete({ athlete, choice, today }: OfAthleteProps) {
  const words = useWords(ownWords);
  const query = useQuery(ownLoadsQuery(athlete.id, choice.days, choice.measure, today));
  return (
    <Loaded query={query} what={words.what.loads}>
      {({ days, athletes }) => {
        const own = athletes.find(one => one.athlete_id === athlete.id);
        if (own === undefined || own.load.every(load => load === 0))
          return (
            <EmptyPanel icon={<SquadIcon className="size-9" />} title={words.noLoad}>
              {words.noLoadHint}
            </EmptyPanel>
          );
        return <Trend loads={own} days={days} name={athlete.name} />;
      }}
    </Loaded>
  );
}

interface TrendProps {
  loads: AthleteLoads;
  days: readonly string[];
  name: string;
}

function Trend({ loads, days, name }: TrendProps) {
  const words = useWords(ownWords);
  const most = Math.max(...loads.load.map(load => load ?? 0), ...loads.chronic, ...loads.acute);
  return (
    <>
      {loads.waiting > 0 && <p className="text-late">{words.waitingNumbers(loads.waiting)}</p>}
      <div className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
        <LoadChart name={name} loads={loads} days={days} most={most} />
        <LoadLegend />
        <p className="text-sm text-ink-soft">
          {words.known(loads.load.length - unknownDays(loads), loads.load.length)}
        </p>
      </div>
      <Results loads={loads} name={name} />
      <p className="text-sm text-ink-soft">{words.describes}</p>
    </>
  );
}

/** What the days add up to; each says how it is computed when it is tapped. */
function Results({ loads, name }: Omit<TrendProps, 'days'>) {
  const words = useWords(ownWords);
  const formulas = useWords(formulaWords);
  const [asked, setAsked] = useState<LoadOutput | null>(null);
  const result = asked && loads.results.find(one => one.formula === LOAD_RESULTS[asked].formula);
  return (
    <Panel title={words.results}>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3 lg:grid-cols-5">
        {LOAD_OUTPUTS.map(output => (
          <div key={output}>
            <dt className="text-sm text-ink-soft">{words.names[output]}</dt>
            <dd className="text-2xl font-semibold tabular-nums">
              <NumberButton
                value={resultOf(loads, LOAD_RESULTS[output].formula, output)}
                digits={LOAD_RESULTS[output].digits}
                label={formulas.howOf(words.names[output], name)}
                onAsk={() => setAsked(output)}
              />
            </dd>
          </div>
        ))}
      </dl>
      {asked && result && (
        <NumberDialog
          title={`${words.names[asked]}: ${name}`}
          number={result}
          onClose={() => setAsked(null)}
        />
      )}
    </Panel>
  );
}
