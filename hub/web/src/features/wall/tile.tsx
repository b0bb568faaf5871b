import { memo } from 'react';
import type { RosterAthlete } from '@/live/events';
import type { PresenceState } from '@/live/presence';
import { usePlay, usePresenceState } from '@/live/use-live';
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

interface TileProps {
  athlete: RosterAthlete;
  metric: WallMetric;
}

/** One athlete. The frame is drawn anew when the state changes, only what is inside with every value. */
export const Tile = memo(function Tile({ athlete, metric }: TileProps) {
  const state = usePresenceState(athlete.id);
  const play = usePlay(athlete.id);
  return (
    <li className="min-h-0 min-w-0">
      <TileLink
        athleteId={athlete.id}
        className={`@container-[size] flex h-full overflow-hidden border-2 ${play === null ? 'rounded-xl' : OFF_PLAY} ${FRAMES[state]}`}
        data-state={state}
        data-number={athlete.number ?? ''}
        data-sensor={athlete.sensor?.label ?? ''}
      >
        <TileContent athlete={athlete} metric={metric} play={play} />
      </TileLink>
    </li>
  );
});
