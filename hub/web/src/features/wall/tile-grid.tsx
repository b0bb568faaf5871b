import type { RosterAthlete } from '@/live/events';
import { useWords } from '@/words/catalogue';
import { liveWords } from '@/words/live';
import { gridShape } from './grid-shape';
import { Tile } from './tile';
import { useSize } from './use-size';
import type { WallMetric } from './wall-metric';

interface TileGridProps {
  athletes: readonly RosterAthlete[];
  metric: WallMetric;
  onSwap?: ((athleteId: string) => void) | undefined;
}

/** All tiles in jersey order; as many columns as let everybody be seen without scrolling, where that is possible. */
export function TileGrid({ athletes, metric, onSwap }: TileGridProps) {
  const words = useWords(liveWords);
  const [ref, size] = useSize();
  const shape = size === null ? null : gridShape(athletes.length, size.width, size.height);
  const rows = shape?.scrolls ? 'auto-rows-[8.5rem]' : 'auto-rows-[minmax(0,24rem)]';
  return (
    <div ref={ref} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
      {shape && (
        <ul
          aria-label={words.athletes}
          data-part="tiles"
          className={`grid content-center justify-center gap-1.5 p-2 xl:gap-2.5 xl:p-3 ${shape.scrolls ? '' : 'h-full'} ${rows}`}
          style={{ gridTemplateColumns: `repeat(${shape.columns}, minmax(0, 36rem))` }}
        >
          {athletes.map(athlete => (
            <Tile key={athlete.id} athlete={athlete} metric={metric} onSwap={onSwap} />
          ))}
        </ul>
      )}
    </div>
  );
}
