import { ZoneBars } from '@/heart-rate/zone-bars';
import { zoneLook } from '@/heart-rate/zone-look';
import { percentOfMax, zoneOf } from '@/heart-rate/zones';
import type { Presence } from '@/live/presence';
import { PresenceLine } from '@/live/presence-line';
import { usePresence } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { liveWords } from '@/words/live';

interface LivePanelProps {
  athleteId: string;
  hrMax: number | null;
}

/** The number now, under the same rules as on the wall: what is lost is not shown. */
export function LivePanel({ athleteId, hrMax }: LivePanelProps) {
  const presence = usePresence(athleteId);
  return (
    <div className="flex items-center gap-4" data-part="now" data-state={presence.state}>
      <div className="flex flex-col items-end">
        <p className="flex items-baseline gap-1 leading-none">
          <span
            className={`text-5xl font-semibold tabular-nums ${presence.state === 'live' ? '' : 'text-ink-soft'}`}
          >
            {presence.value === null ? '– –' : Math.round(presence.value)}
          </span>
          <span className="text-ink-soft">bpm</span>
        </p>
        <p className="mt-1 text-sm">
          <PresenceLine presence={presence} />
        </p>
      </div>
      <ZoneNow presence={presence} hrMax={hrMax} />
    </div>
  );
}

function ZoneNow({ presence, hrMax }: { presence: Presence; hrMax: number | null }) {
  const words = useWords(liveWords);
  if (presence.value === null || hrMax === null) return null;
  const zone = zoneOf(presence.value, hrMax);
  if (zone === null) return null;
  const look =
    presence.state === 'live' ? zoneLook(zone.number) : 'border-dashed border-line-strong text-ink-soft';
  return (
    <div className={`flex min-w-20 flex-col items-center gap-1 rounded-xl border-2 px-3 py-2 ${look}`}>
      <span className="text-2xl leading-none font-bold">{zone.number === 0 ? words.rest : zone.label}</span>
      <ZoneBars zone={zone.number} className="h-5" />
      <span className="text-sm leading-none tabular-nums">{percentOfMax(presence.value, hrMax)} %</span>
    </div>
  );
}
