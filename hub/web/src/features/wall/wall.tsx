import type { ReactNode } from 'react';
import { useState } from 'react';
import { HubUnreachable } from '@/api/problem';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { NoSensorIcon } from '@/components/ui/first-icons';
import { MainPlace } from '@/components/ui/main-place';
import { ProblemPanel } from '@/components/ui/problem-panel';
import type { RosterAthlete } from '@/live/events';
import { useLive } from '@/live/live-context';
import { useRoster, useStreamStatus } from '@/live/use-live';
import { TileGrid } from './tile-grid';
import { useWords } from '@/words/catalogue';
import { liveWords } from '@/words/live';
import { WallHead } from './wall-head';
import { WallSkeleton } from './wall-skeleton';
import type { WallMetric } from './wall-metric';
import { rememberMetric, rememberedMetric } from './wall-metric';

interface WallProps {
  /** Whether this person's role sees measured values at all. */
  seesHealth: boolean;
  /** What runs now: between the head and the tiles. */
  running?: ReactNode;
  /** Gives an athlete another strap; left out for who may not. */
  onSwap?: ((athleteId: string) => void) | undefined;
}

/** Everybody of the team at a glance. */
export function Wall({ seesHealth, running, onSwap }: WallProps) {
  const words = useWords(liveWords);
  const roster = useRoster();
  const [metric, setMetric] = useState<WallMetric>(rememberedMetric);
  const choose = (chosen: WallMetric) => {
    rememberMetric(chosen);
    setMetric(chosen);
  };
  return (
    <MainPlace title={words.wall} className="flex min-h-0 flex-1 flex-col">
      <WallHead metric={metric} onMetric={choose} />
      {running}
      <WallBody roster={roster} metric={metric} seesHealth={seesHealth} onSwap={onSwap} />
    </MainPlace>
  );
}

interface WallBodyProps extends Pick<WallProps, 'seesHealth' | 'onSwap'> {
  roster: readonly RosterAthlete[] | null;
  metric: WallMetric;
}

function WallBody({ roster, metric, seesHealth, onSwap }: WallBodyProps) {
  const words = useWords(liveWords);
  if (!seesHealth)
    return (
      <EmptyPanel icon={<NoSensorIcon className="size-9" />} title={words.noHealth}>
        {words.noHealthHint}
      </EmptyPanel>
    );
  if (roster === null) return <BeforeFirstSnapshot />;
  if (roster.length === 0)
    return (
      <EmptyPanel icon={<NoSensorIcon className="size-9" />} title={words.nobody}>
        {words.nobodyHint}
      </EmptyPanel>
    );
  return <TileGrid athletes={roster} metric={metric} onSwap={onSwap} />;
}

function BeforeFirstSnapshot() {
  const words = useWords(liveWords);
  const { stream } = useLive();
  const { state } = useStreamStatus();
  if (state !== 'waiting') return <WallSkeleton />;
  return <ProblemPanel what={words.wall} error={new HubUnreachable()} onRetry={() => stream.wake()} />;
}
