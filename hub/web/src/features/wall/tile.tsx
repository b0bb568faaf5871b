import { memo } from 'react';
import { ZoneBars } from '@/heart-rate/zone-bars';
import { zoneLook } from '@/heart-rate/zone-look';
import type { Zone } from '@/heart-rate/zones';
import { percentOfMax, zoneOf } from '@/heart-rate/zones';
import type { RosterAthlete } from '@/live/events';
import type { Presence, PresenceState } from '@/live/presence';
import { PresenceLine } from '@/live/presence-line';
import { usePresence } from '@/live/use-live';
import { TileLink } from './tile-link';
import { Trend } from './trend';

export type WallMetric = 'bpm' | 'percent';

/** Border and ground differ in kind, not only in colour: solid, dashed, hatched, dotted. */
const FRAMES: Record<PresenceState, string> = {
  live: 'border-line bg-surface',
  late: 'border-late border-dashed bg-surface',
  lost: 'border-lost bg-lost-soft hatched',
  not_worn: 'border-line-strong bg-raised',
  no_sensor: 'border-line-strong border-dotted bg-transparent',
  waiting: 'border-line bg-surface',
};

interface TileProps {
  athlete: RosterAthlete;
  metric: WallMetric;
}

export const Tile = memo(function Tile({ athlete, metric }: TileProps) {
  const presence = usePresence(athlete.id);
  const { state, value } = presence;
  const zone = value === null ? null : zoneOf(value, athlete.hr_max);
  return (
    <li className="min-h-0 min-w-0">
      <TileLink
        athleteId={athlete.id}
        className={`@container-[size] flex h-full overflow-hidden rounded-xl border-2 ${FRAMES[state]}`}
        data-state={state}
        data-number={athlete.number ?? ''}
      >
        <div className="flex min-w-0 flex-1 flex-col px-[4cqw] py-[4cqh]">
          <Who athlete={athlete} />
          <BigNumber presence={presence} athlete={athlete} metric={metric} />
          <div className="min-h-0 flex-1">
            {state !== 'no_sensor' && <Trend athleteId={athlete.id} live={state === 'live'} />}
          </div>
          <div className="text-[clamp(.75rem,9.5cqh,1.125rem)] leading-tight">
            <PresenceLine presence={presence} />
          </div>
        </div>
        {value !== null && zone !== null && (
          <ZonePanel
            zone={zone}
            heartRate={value}
            hrMax={athlete.hr_max}
            metric={metric}
            filled={state === 'live'}
          />
        )}
      </TileLink>
    </li>
  );
});

function Who({ athlete }: { athlete: RosterAthlete }) {
  return (
    <p className="flex items-baseline gap-[.4em] text-[clamp(.8125rem,10.5cqh,1.25rem)] leading-tight">
      <span className="font-bold tabular-nums">{athlete.number ?? '–'}</span>
      <span className="truncate text-ink-soft">{athlete.name}</span>
    </p>
  );
}

function BigNumber({
  presence,
  athlete,
  metric,
}: {
  presence: Presence;
  athlete: RosterAthlete;
  metric: WallMetric;
}) {
  const { state, value } = presence;
  const inPercent = metric === 'percent' && athlete.hr_max !== null;
  if (value === null) return <NoNumber state={state} />;
  return (
    <p
      className={`flex items-baseline gap-[.12em] text-[clamp(2rem,min(33cqh,22cqw),5.5rem)] leading-none ${state === 'late' ? 'text-ink-soft' : ''}`}
    >
      <span className="font-semibold tracking-tight tabular-nums" data-part="number">
        {inPercent ? percentOfMax(value, athlete.hr_max ?? 0) : Math.round(value)}
      </span>
      <span className="text-[.3em] text-ink-soft">{inPercent ? '%' : 'bpm'}</span>
    </p>
  );
}

/** Where a number may not stand, none does: a dash for what is missing, a word for what is no fault. */
function NoNumber({ state }: { state: PresenceState }) {
  const word = state === 'not_worn' ? 'Not worn' : '– –';
  const size =
    state === 'not_worn' ? 'text-[clamp(1.125rem,17cqh,2.5rem)]' : 'text-[clamp(1.5rem,26cqh,4rem)]';
  return (
    <p className={`flex h-[clamp(2rem,33cqh,5.5rem)] items-center font-semibold text-ink-soft ${size}`}>
      <span aria-hidden={state !== 'not_worn'}>{word}</span>
    </p>
  );
}

interface ZonePanelProps {
  zone: Zone;
  heartRate: number;
  hrMax: number | null;
  metric: WallMetric;
  filled: boolean;
}

const LABEL_SIZE = 'text-[clamp(1.25rem,20cqh,3rem)]';
const WORD_SIZE = 'text-[clamp(.875rem,13cqh,1.75rem)]';

function ZonePanel({ zone, heartRate, hrMax, metric, filled }: ZonePanelProps) {
  const look = filled ? zoneLook(zone.number) : 'border-dashed border-line-strong text-ink-soft';
  const percent = hrMax === null ? null : percentOfMax(heartRate, hrMax);
  return (
    <div className={`flex w-[27cqw] flex-col items-center justify-center gap-[5cqh] border-l-2 ${look}`}>
      <span className={`leading-none font-bold ${zone.number === 0 ? WORD_SIZE : LABEL_SIZE}`}>
        {zone.label}
      </span>
      <ZoneBars zone={zone.number} className="h-[17cqh] max-w-[80%]" />
      <span className="text-[clamp(.8125rem,11cqh,1.375rem)] leading-none font-medium tabular-nums">
        {metric === 'percent' ? `${Math.round(heartRate)}` : `${percent} %`}
      </span>
    </div>
  );
}
