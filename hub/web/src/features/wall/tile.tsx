import { memo } from 'react';
import { Button } from '@/components/ui/button';
import { SwapIcon } from '@/components/ui/first-icons';
import type { RosterAthlete } from '@/live/events';
import type { PresenceState } from '@/live/presence';
import { usePlay, usePresenceState } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { liveWords } from '@/words/live';
import { TileContent } from './tile-content';
import { TileLink } from './tile-link';
import type { WallMetric } from './wall-metric';

/** Border and ground differ in kind, not only in colour: solid, dashed, hatched, dotted. */
const FRAMES: Record<PresenceState, string> = {
  live: 'border-line bg-surface',
  late: 'border-late border-dashed bg-surface',
  lost: 'border-lost bg-lost-soft hatched',
  not_worn: 'border-line-strong bg-raised',
  no_sensor: 'border-line-strong border-dotted bg-transparent',
  waiting: 'border-line bg-surface',
};

/** Not in play: square corners and a thick double frame, beside the word. */
const OFF_PLAY = 'rounded-none border-4 border-double';

/** Where another strap may be the remedy. */
const HELPED: ReadonlySet<PresenceState> = new Set(['lost', 'not_worn', 'no_sensor', 'waiting']);

interface TileProps {
  athlete: RosterAthlete;
  metric: WallMetric;
  /** Gives the athlete another strap; left out for who may not. */
  onSwap?: ((athleteId: string) => void) | undefined;
}

/** One athlete. The frame is drawn anew when the state changes, only what is inside with every value. */
export const Tile = memo(function Tile({ athlete, metric, onSwap }: TileProps) {
  const state = usePresenceState(athlete.id);
  const play = usePlay(athlete.id);
  return (
    <li className="relative min-h-0 min-w-0">
      <TileLink
        athleteId={athlete.id}
        className={`@container-[size] flex h-full overflow-hidden border-2 ${play === null ? 'rounded-xl' : OFF_PLAY} ${FRAMES[state]}`}
        data-state={state}
        data-number={athlete.number ?? ''}
        data-sensor={athlete.sensor?.label ?? ''}
      >
        <TileContent athlete={athlete} metric={metric} play={play} />
      </TileLink>
      {onSwap && HELPED.has(state) && <SwapCorner athlete={athlete} onSwap={onSwap} />}
    </li>
  );
});

/** Beside the link, not in it: a button within a link is neither. */
function SwapCorner({
  athlete,
  onSwap,
}: Required<Pick<TileProps, 'athlete'>> & { onSwap: (id: string) => void }) {
  const words = useWords(liveWords);
  return (
    <Button
      className="absolute right-2 bottom-2 px-2"
      aria-label={words.swap(athlete.name)}
      onClick={() => onSwap(athlete.id)}
    >
      <SwapIcon />
    </Button>
  );
}
