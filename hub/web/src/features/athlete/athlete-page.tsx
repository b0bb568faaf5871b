import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { PulseIcon } from '@/components/ui/icons';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { ZONES, percentOfMax, zoneOf } from '@/heart-rate/zones';
import { useLive } from '@/live/live-context';
import type { RosterAthlete } from '@/live/events';
import { useRoster } from '@/live/use-live';
import { athleteQuery } from './athlete';
import { LivePanel } from './live-panel';
import { MetricChart } from './metric-chart';
import { RangePicker } from './range-picker';
import { pixelsFor } from './samples';
import type { ChartBand } from './time-chart';
import type { RangeSearch } from './time-range';
import { rangeOf } from './time-range';

interface AthletePageProps {
  athleteId: string;
  search: RangeSearch;
  onRange: (search: RangeSearch) => void;
  /** The way back to the wall. */
  back: ReactNode;
}

/** One athlete: now, and the time before. */
export function AthletePage({ athleteId, search, onRange, back }: AthletePageProps) {
  const { store } = useLive();
  const asked = useQuery(athleteQuery(athleteId));
  const sensor = useRoster()?.find(entry => entry.id === athleteId)?.sensor;
  const [place, width] = useWidth();
  const range = rangeOf(search);
  if (asked.isError && asked.data === undefined)
    return (
      <main>
        {back}
        <ProblemPanel what="This athlete" error={asked.error} onRetry={() => void asked.refetch()} />
      </main>
    );
  const athlete = asked.data;
  const hrMax = athlete?.hr_max ?? null;
  return (
    <main className="mx-auto flex w-full max-w-7xl flex-col gap-4 p-3 sm:p-5">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {back}
        <div className="mr-auto min-w-0">
          <h1 className="flex items-baseline gap-2 text-2xl font-bold">
            <span className="tabular-nums">{athlete?.number ?? '–'}</span>
            <span className="truncate">{athlete?.name ?? ' '}</span>
          </h1>
          <p className="text-sm text-ink-soft">
            {[
              sensorWords(sensor),
              hrMax === null ? 'no maximum heart rate set' : `maximum ${hrMax} bpm`,
            ].join(' · ')}
          </p>
        </div>
        <LivePanel athleteId={athleteId} hrMax={hrMax} />
      </header>
      <RangePicker range={range} nowMs={() => store.clock.now()} onChange={onRange} />
      <div ref={place} className="flex flex-col gap-4">
        {width !== null && (
          <>
            <Card>
              <MetricChart
                athleteId={athleteId}
                metric="heart_rate"
                title="Heart rate"
                unit="bpm"
                range={range}
                pixels={pixelsFor(width)}
                heightPx={width < 600 ? 260 : 380}
                bands={hrMax === null ? [] : zoneBands(hrMax)}
                {...(hrMax === null ? {} : { atLeast: [hrMax * 0.5, hrMax] as const })}
                onRange={onRange}
                meaning={value => zoneWords(value, hrMax)}
                whenEmpty={<NoValues hasSensor={sensor != null} moves={range.kind === 'last'} />}
              />
            </Card>
            <RrCard athleteId={athleteId} search={search} width={width} onRange={onRange} />
          </>
        )}
      </div>
    </main>
  );
}

interface RrCardProps {
  athleteId: string;
  search: RangeSearch;
  width: number;
  onRange: (search: RangeSearch) => void;
}

/** Beat-to-beat intervals, for straps that tell them; without any there is no card. */
function RrCard({ athleteId, search, width, onRange }: RrCardProps) {
  return (
    <div className="empty:hidden">
      <MetricChart
        athleteId={athleteId}
        metric="rr_interval"
        title="Beat-to-beat intervals"
        unit="ms"
        range={rangeOf(search)}
        pixels={pixelsFor(width)}
        heightPx={160}
        dots
        onRange={onRange}
        whenEmpty={null}
      />
    </div>
  );
}

function Card({ children }: { children: ReactNode }) {
  return <section className="rounded-xl border border-line bg-surface p-3 sm:p-4">{children}</section>;
}

function NoValues({ hasSensor, moves }: { hasSensor: boolean; moves: boolean }) {
  return (
    <EmptyPanel icon={<PulseIcon className="size-9" />} title="No heart rate in this time.">
      {!moves && 'Choose another time, or a longer one.'}
      {moves && hasSensor && 'Check that the strap is worn and moistened, or choose a longer time.'}
      {moves && !hasSensor && 'No sensor is assigned now: assign one, or choose a longer time.'}
    </EmptyPanel>
  );
}

function sensorWords(sensor: RosterAthlete['sensor'] | undefined): string {
  return sensor ? `strap ${sensor.label}` : 'no sensor';
}

function zoneBands(hrMax: number): ChartBand[] {
  return ZONES.map((zone, index) => ({
    low: (zone.fromPercent * hrMax) / 100,
    high: ((ZONES[index + 1]?.fromPercent ?? 110) * hrMax) / 100,
    label: zone.label,
    colour: `--zone-${zone.number}`,
  }));
}

function zoneWords(heartRate: number, hrMax: number | null): string {
  const zone = zoneOf(heartRate, hrMax);
  return zone === null || hrMax === null ? '' : `${zone.label}, ${percentOfMax(heartRate, hrMax)} %`;
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number | null] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState<number | null>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new ResizeObserver(entries => setWidth(entries[0]?.contentRect.width ?? null));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}
