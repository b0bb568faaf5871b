import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Athlete } from '@/api/queries';
import { athletesQuery } from '@/api/queries';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { PersonIcon, PulseIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { SelectField } from '@/components/ui/select-field';
import { useLive } from '@/live/live-context';
import { useWords } from '@/words/catalogue';
import { compareWords } from '@/words/compare';
import { NO_COLUMNS, chartColumns, commonExtremes } from './chart-columns';
import { MetricChart } from './metric-chart';
import { RangePicker } from './range-picker';
import { pixelsFor, samplesQuery } from './samples';
import type { RangeSearch } from './time-range';
import { rangeOf } from './time-range';
import { useMovingNow } from './use-live-tail';
import { useWidth } from './use-width';
import { zoneFurniture } from './zone-furniture';

/** More than these are too low to be read on a tablet. */
export const MOST_COMPARED = 4;
const FEWEST = 2;
const CHART_HEIGHT_PX = 190;

interface ComparePageProps {
  teamId: string | undefined;
  /** Their ids, in the order in which they were chosen. */
  chosen: readonly string[];
  search: RangeSearch;
  onChosen: (athleteIds: readonly string[]) => void;
  onRange: (search: RangeSearch) => void;
  back: ReactNode;
}

/** Two to four athletes above each other: the same time, the same scale, one cursor. */
export function ComparePage({ teamId, chosen, search, onChosen, onRange, back }: ComparePageProps) {
  const words = useWords(compareWords);
  const { store } = useLive();
  const query = useQuery(athletesQuery(teamId));
  return (
    <Page title={words.title} subtitle={words.subtitle} back={back}>
      <Loaded query={query} what={words.athletes}>
        {athletes => {
          const compared = chosen.flatMap(id => athletes.find(athlete => athlete.id === id) ?? []);
          return (
            <>
              <Choice athletes={athletes} chosen={compared.map(({ id }) => id)} onChosen={onChosen} />
              <RangePicker range={rangeOf(search)} nowMs={() => store.clock.now()} onChange={onRange} />
              {compared.length < FEWEST ? (
                <EmptyPanel icon={<PersonIcon className="size-9" />} title={words.few}>
                  {words.fewHint}
                </EmptyPanel>
              ) : (
                <Charts compared={compared} search={search} onRange={onRange} />
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface ChoiceProps extends Pick<ComparePageProps, 'chosen' | 'onChosen'> {
  athletes: readonly Athlete[];
}

/** One list more than there are athletes, until there are four. Nobody stands twice. */
function Choice({ athletes, chosen, onChosen }: ChoiceProps) {
  const words = useWords(compareWords);
  const places = Math.min(MOST_COMPARED, Math.max(FEWEST, chosen.length + 1));
  const inOrder = athletes.toSorted((one, other) => (one.number ?? Infinity) - (other.number ?? Infinity));
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {Array.from({ length: places }, (_, place) => (
        <SelectField
          key={place}
          label={words.athlete(place + 1)}
          value={chosen[place] ?? ''}
          options={[
            { value: '', label: words.nobody },
            ...inOrder
              .filter(({ id }) => id === chosen[place] || !chosen.includes(id))
              .map(({ id, number, name }) => ({ value: id, label: `${number ?? '–'} ${name}` })),
          ]}
          onChange={({ target }) => onChosen(placed(chosen, place, target.value))}
        />
      ))}
    </div>
  );
}

/** The choice with another one in a place, or without it; places have no gaps. */
function placed(chosen: readonly string[], place: number, athleteId: string): string[] {
  const kept = chosen.filter((_, index) => index !== place);
  return athleteId === '' ? kept : kept.toSpliced(place, 0, athleteId);
}

interface ChartsProps extends Pick<ComparePageProps, 'search' | 'onRange'> {
  compared: readonly Athlete[];
}

/** As many charts as athletes, all of them from the lowest to the highest value of any. */
function Charts({ compared, search, onRange }: ChartsProps) {
  const words = useWords(compareWords);
  const { store } = useLive();
  const [place, width] = useWidth();
  const range = rangeOf(search);
  const pixels = pixelsFor(width ?? 0);
  const answers = useQueries({
    queries: compared.map(({ id }) => ({
      ...samplesQuery({ athleteId: id }, 'heart_rate', range, pixels, () => store.clock.now()),
      enabled: width !== null,
    })),
  });
  const tops = compared.flatMap(({ hr_max: top }) => top ?? []);
  useMovingNow(range.kind === 'last');
  const common = commonExtremes(
    compared.map(({ id }, index) => {
      const tail = range.kind === 'last' ? store.history(id) : undefined;
      return chartColumns(answers[index]?.data ?? NO_COLUMNS, tail, Infinity);
    }),
    tops,
  );
  return (
    <div ref={place} className="flex flex-col gap-3">
      {width !== null &&
        compared.map(({ id, name, hr_max: top }) => (
          <MetricChart
            key={id}
            {...{ range, pixels, onRange }}
            athleteId={id}
            metric="heart_rate"
            title={name}
            unit="bpm"
            heightPx={CHART_HEIGHT_PX}
            {...zoneFurniture(top)}
            {...(common === null ? {} : { atLeast: common })}
            whenEmpty={
              <EmptyPanel icon={<PulseIcon className="size-9" />} title={words.noValues(name)}>
                {words.noValuesHint}
              </EmptyPanel>
            }
          />
        ))}
    </div>
  );
}
