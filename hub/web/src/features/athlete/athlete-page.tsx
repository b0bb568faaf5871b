import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { PulseIcon } from '@/components/ui/first-icons';
import { MainPlace } from '@/components/ui/main-place';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { useLive } from '@/live/live-context';
import type { RosterAthlete } from '@/live/events';
import { useRoster } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { athleteWords } from '@/words/athlete';
import type { Athlete } from './athlete';
import { athleteQuery } from './athlete';
import { LivePanel } from './live-panel';
import { MetricChart } from './metric-chart';
import { RangePicker } from './range-picker';
import { pixelsFor } from './samples';
import type { RangeSearch } from './time-range';
import { rangeOf } from './time-range';
import { useWidth } from './use-width';
import { zoneFurniture } from './zone-furniture';

interface AthletePageProps {
  athleteId: string;
  search: RangeSearch;
  onRange: (search: RangeSearch) => void;
  /** What can be done for this athlete. */
  actions?: ReactNode;
  /** The way back to the wall. */
  back: ReactNode;
}

/** One athlete: now, and the time before. */
export function AthletePage({ athleteId, search, onRange, actions, back }: AthletePageProps) {
  const words = useWords(athleteWords);
  const { store } = useLive();
  const asked = useQuery(athleteQuery(athleteId));
  const sensor = useSensor(athleteId);
  if (asked.isError && asked.data === undefined)
    return (
      <MainPlace title={words.title} className="p-3 sm:p-5">
        {back}
        <ProblemPanel what={words.what} error={asked.error} onRetry={() => void asked.refetch()} />
      </MainPlace>
    );
  const hrMax = asked.data?.hr_max ?? null;
  return (
    <MainPlace
      title={asked.data?.name ?? words.title}
      className="mx-auto flex w-full max-w-7xl flex-col gap-4 p-3 sm:p-5"
    >
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {back}
        <Who athlete={asked.data} sensor={sensor} />
        {actions}
        <LivePanel athleteId={athleteId} hrMax={hrMax} />
      </header>
      <RangePicker range={rangeOf(search)} nowMs={() => store.clock.now()} onChange={onRange} />
      {asked.data && (
        <Charts
          athleteId={athleteId}
          hrMax={hrMax}
          hasSensor={sensor !== null}
          search={search}
          onRange={onRange}
        />
      )}
    </MainPlace>
  );
}

type Sensor = RosterAthlete['sensor'];

/** What the athlete wears now, as the live stream tells it. */
function useSensor(athleteId: string): Sensor {
  return useRoster()?.find(entry => entry.id === athleteId)?.sensor ?? null;
}

function Who({ athlete, sensor }: { athlete: Athlete | undefined; sensor: Sensor }) {
  const words = useWords(athleteWords);
  const hrMax = athlete?.hr_max ?? null;
  const facts = [
    sensor === null ? words.noSensor : words.strap(sensor.label),
    hrMax === null ? words.noMaximum : words.maximum(hrMax),
  ];
  return (
    <div className="mr-auto min-w-0">
      <h1 className="flex items-baseline gap-2 text-2xl font-bold">
        <span className="tabular-nums">{athlete?.number ?? '–'}</span>
        <span className="truncate">{athlete?.name ?? '…'}</span>
      </h1>
      <p className="text-sm text-ink-soft">{facts.join(' · ')}</p>
    </div>
  );
}

interface ChartsProps {
  athleteId: string;
  hrMax: number | null;
  hasSensor: boolean;
  search: RangeSearch;
  onRange: (search: RangeSearch) => void;
}

/** Charts are asked for by the pixels they have: nothing is drawn before the width is known. */
function Charts({ athleteId, hrMax, hasSensor, search, onRange }: ChartsProps) {
  const words = useWords(athleteWords);
  const [place, width] = useWidth();
  const range = rangeOf(search);
  const shared = { athleteId, range, onRange, pixels: pixelsFor(width ?? 0) };
  return (
    <div ref={place} className="flex flex-col gap-4">
      {width !== null && (
        <>
          <MetricChart
            {...shared}
            metric="heart_rate"
            title={words.heartRate}
            unit="bpm"
            heightPx={width < 600 ? 260 : 380}
            {...zoneFurniture(hrMax)}
            whenEmpty={<NoValues hasSensor={hasSensor} moves={range.kind === 'last'} />}
          />
          {/* straps that tell no beat-to-beat intervals have no such card */}
          <MetricChart
            {...shared}
            metric="rr_interval"
            title={words.intervals}
            unit="ms"
            heightPx={160}
            dots
            whenEmpty={null}
          />
        </>
      )}
    </div>
  );
}

function NoValues({ hasSensor, moves }: { hasSensor: boolean; moves: boolean }) {
  const words = useWords(athleteWords);
  return (
    <EmptyPanel icon={<PulseIcon className="size-9" />} title={words.noValues}>
      {!moves && words.chooseTime}
      {moves && hasSensor && words.checkStrap}
      {moves && !hasSensor && words.assign}
    </EmptyPanel>
  );
}
