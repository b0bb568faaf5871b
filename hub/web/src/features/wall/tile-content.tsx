import { Suspense, memo } from 'react';
import { later } from '@/components/ui/later';
import { ZoneBars } from '@/heart-rate/zone-bars';
import { zoneLook } from '@/heart-rate/zone-look';
import type { Zone } from '@/heart-rate/zones';
import { percentOfMax, zoneOf } from '@/heart-rate/zones';
import type { RosterAthlete } from '@/live/events';
import type { Presence, PresenceState } from '@/live/presence';
import { PresenceLine } from '@/live/presence-line';
import type { OffPlay } from '@/live/store';
import { usePresence } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { liveWords } from '@/words/live';
import type { WallMetric } from './wall-metric';

/** Comes after the numbers, in room that is kept for it. */
const Trend = later(async () => (await import('./trend')).Trend);

interface TileContentProps {
  athlete: RosterAthlete;
  metric: WallMetric;
  play: OffPlay | null;
}

/** Who, the number, the last minute, how old it is; and the zone as a coloured end with text and bars. */
export function TileContent({ athlete, metric, play }: TileContentProps) {
  const presence = usePresence(athlete.id);
  const { state, value } = presence;
  const zone = value === null ? null : zoneOf(value, athlete.hr_max);
  return (
    <>
      <div className="flex min-w-0 flex-1 flex-col px-[4cqw] py-[4cqh]">
        <Who athlete={athlete} play={play} />
        <BigNumber presence={presence} hrMax={athlete.hr_max} metric={metric} />
        <div className="min-h-0 flex-1">
          <Suspense>
            {state !== 'no_sensor' && <Trend athleteId={athlete.id} live={state === 'live'} />}
          </Suspense>
        </div>
        <div className="text-[clamp(.75rem,9.5cqh,1.125rem)] leading-tight">
          <PresenceLine presence={presence} />
        </div>
      </div>
      {value !== null && zone !== null && (
        <ZonePanel
          zone={zone}
          told={percentOrBeats(value, athlete.hr_max, metric)}
          filled={state === 'live'}
        />
      )}
    </>
  );
}

/** Beside the zone stands what the big number does not say. */
function percentOrBeats(heartRate: number, hrMax: number | null, metric: WallMetric): string {
  if (metric === 'percent' || hrMax === null) return String(Math.round(heartRate));
  return `${percentOfMax(heartRate, hrMax)} %`;
}

const Who = memo(function Who({ athlete, play }: Omit<TileContentProps, 'metric'>) {
  const words = useWords(liveWords);
  return (
    <p className="flex items-baseline gap-[.4em] text-[clamp(.8125rem,10.5cqh,1.25rem)] leading-tight">
      <span className="font-bold tabular-nums">{athlete.number ?? '–'}</span>
      <span className="truncate text-ink-soft">{athlete.name}</span>
      {play !== null && (
        <b className="ml-auto shrink-0 border border-current px-[.3em] text-[.8em] uppercase">
          {words[play]}
        </b>
      )}
    </p>
  );
});

interface BigNumberProps {
  presence: Presence;
  hrMax: number | null;
  metric: WallMetric;
}

/** A box of its own size and clipping: a new number is laid out alone, whatever stands around it. */
const NUMBER_BOX = 'h-[1em] w-full contain-strict text-[clamp(2rem,min(33cqh,22cqw),5.5rem)] leading-none';

function BigNumber({ presence, hrMax, metric }: BigNumberProps) {
  const { state, value } = presence;
  const shown = metric === 'percent' && hrMax !== null ? 'percent' : 'bpm';
  if (value === null) return <NoNumber state={state} />;
  return (
    <p className={`flex items-baseline gap-[.12em] ${NUMBER_BOX} ${state === 'late' ? 'text-ink-soft' : ''}`}>
      <span className="font-semibold tracking-tight tabular-nums" data-part="number">
        {shown === 'percent' ? percentOfMax(value, hrMax ?? 0) : Math.round(value)}
      </span>
      <span className="text-[.3em] text-ink-soft">{shown === 'percent' ? '%' : 'bpm'}</span>
    </p>
  );
}

/** Where a number may not stand, none does: a dash for what is missing, a word for what is no fault. */
function NoNumber({ state }: { state: PresenceState }) {
  const words = useWords(liveWords);
  const word = state === 'not_worn' ? words.state.not_worn : '– –';
  const size =
    state === 'not_worn' ? 'text-[clamp(1.125rem,17cqh,2.5rem)]' : 'text-[clamp(1.5rem,26cqh,4rem)]';
  return (
    <p className={`flex h-[clamp(2rem,33cqh,5.5rem)] items-center font-semibold text-ink-soft ${size}`}>
      <span aria-hidden={state !== 'not_worn'}>{word}</span>
    </p>
  );
}

const LABEL_SIZE = 'text-[clamp(1.25rem,20cqh,3rem)]';
const WORD_SIZE = 'text-[clamp(.875rem,13cqh,1.75rem)]';

interface ZonePanelProps {
  zone: Zone;
  told: string;
  filled: boolean;
}

/** React draws it anew only when the zone or the whole percent changed, not with every beat. */
const ZonePanel = memo(function ZonePanel({ zone, told, filled }: ZonePanelProps) {
  const words = useWords(liveWords);
  const look = filled ? zoneLook(zone.number) : 'border-dashed border-line-strong text-ink-soft';
  return (
    <div className={`flex w-[27cqw] flex-col items-center justify-center gap-[5cqh] border-l-2 ${look}`}>
      <span className={`leading-none font-bold ${zone.number === 0 ? WORD_SIZE : LABEL_SIZE}`}>
        {zone.number === 0 ? words.rest : zone.label}
      </span>
      <ZoneBars zone={zone.number} className="h-[17cqh] max-w-[80%]" />
      <span className="w-full text-center text-[clamp(.8125rem,11cqh,1.375rem)] leading-none font-medium tabular-nums">
        {told}
      </span>
    </div>
  );
});
