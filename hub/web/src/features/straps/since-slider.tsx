import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { Button } from '@/components/ui/button';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { strapWords } from '@/words/straps';
import { touchedQuery } from './swap';

const MINUTE_MS = 60_000;
/** As far back as the slider goes: a match with its extra time and the warm-up before. */
const SLIDER_MINUTES = 180;
/** What is told on the bus happened today. */
const DAY_MS = 24 * 3_600_000;

interface SinceSliderProps {
  teamId: string | null;
  nowMs: number;
  /** Null: now. */
  sinceMs: number | null;
  onSince: (sinceMs: number | null) => void;
}

/** Since when: by the slider minute by minute, or since a session of the last day began. */
export function SinceSlider({ teamId, nowMs, sinceMs, onSince }: SinceSliderProps) {
  const words = useWords(strapWords);
  const { time } = useFormats();
  const id = useId();
  const { data: sessions = [] } = useQuery(touchedQuery(teamId, nowMs - DAY_MS, nowMs));
  const minutes = sinceMs === null ? 0 : Math.round((nowMs - sinceMs) / MINUTE_MS);
  const told = sinceMs === null ? words.now : words.ago(minutes, time(new Date(sinceMs)));
  return (
    <div className="flex flex-col gap-2">
      <label htmlFor={id} className="font-medium">
        {words.since}: <b className="tabular-nums">{told}</b>
      </label>
      <input
        id={id}
        type="range"
        min={-SLIDER_MINUTES}
        max={0}
        step={1}
        value={-Math.min(minutes, SLIDER_MINUTES)}
        aria-valuetext={told}
        onChange={event => {
          const ago = -Number(event.target.value);
          onSince(ago === 0 ? null : nowMs - ago * MINUTE_MS);
        }}
        className="h-11 w-full accent-(--accent)"
      />
      <div className="flex flex-wrap gap-2">
        {sessions.map(({ id: sessionId, name, started_at: began }) => (
          <Button
            key={sessionId}
            className="px-3 text-sm"
            aria-pressed={sinceMs === Date.parse(began ?? '')}
            onClick={() => onSince(Date.parse(began ?? ''))}
          >
            {words.sinceSession(name, time(began ?? ''))}
          </Button>
        ))}
      </div>
    </div>
  );
}
