import { Suspense } from 'react';
import { later } from '@/components/ui/later';
import { Segments } from '@/components/ui/segments';
import type { PresenceState } from '@/live/presence';
import { clockTime } from '@/live/times';
import { useHubNow, useRoster, useTally } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { liveWords } from '@/words/live';
import type { WallMetric } from './wall-metric';

/** Comes after the tiles: what it counts comes by the live stream. */
const Gateways = later(async () => (await import('./gateways')).Gateways);

interface WallHeadProps {
  metric: WallMetric;
  onMetric: (metric: WallMetric) => void;
}

export function WallHead({ metric, onMetric }: WallHeadProps) {
  const words = useWords(liveWords);
  const metrics = [
    { value: 'bpm', label: 'bpm', title: words.inBeats },
    { value: 'percent', label: '% max', title: words.inPercent },
  ] as const;
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1 px-3 pt-2 xl:px-4">
      <h1 className="text-lg font-bold">{words.wall}</h1>
      <TallyLine />
      <div className="ml-auto flex items-center gap-4">
        <Suspense>
          <Gateways />
        </Suspense>
        <Clock />
        <Segments legend={words.bigNumber} options={metrics} value={metric} onChange={onMetric} />
      </div>
    </div>
  );
}

const TALLIED: readonly [PresenceState, string][] = [
  ['live', 'text-good'],
  ['late', 'text-late'],
  ['lost', 'text-lost'],
  ['not_worn', 'text-ink-soft'],
  ['waiting', 'text-ink-soft'],
  ['no_sensor', 'text-ink-soft'],
];

/** How many are in which state; states that nobody is in are left out. */
function TallyLine() {
  const words = useWords(liveWords);
  const tally = useTally();
  const known = useRoster() !== null;
  const told = TALLIED.filter(([state]) => tally[state] > 0 || (known && state === 'live'));
  return (
    <p
      className="order-last flex w-full flex-wrap gap-x-4 text-[.9375rem] sm:order-none sm:w-auto"
      data-part="tally"
    >
      {told.map(([state, look]) => (
        <span key={state} className={look}>
          <b className="tabular-nums">{tally[state]}</b> {words.state[state].toLowerCase()}
        </span>
      ))}
    </p>
  );
}

/** The hub's clock: all ages are counted by it. */
function Clock() {
  return <time className="hidden text-sm text-ink-soft tabular-nums sm:block">{clockTime(useHubNow())}</time>;
}
