import { Strip } from '@/components/ui/strip';
import { useLive } from '@/live/live-context';
import { ageWords, clockTime } from '@/live/times';
import { useGap, useHubNow, useRoster } from '@/live/use-live';
import { useLink } from '@/live/use-link';

/** Why the hub stopped sending, in a coach's words; a reason this page does not know is told as it is. */
const GAP_REASONS: Record<string, string> = {
  database_away: 'The hub’s database is away. Values are kept and stored when it is back.',
  broker_away: 'The hub’s message broker is away. Gateways keep their values until it is back.',
  missed: 'This device missed some values.',
};

/** What is wrong with everything live at once. Nothing at all while the stream is well. */
export function StreamStrip() {
  const trouble = useTrouble();
  const hasValues = useRoster() !== null;
  const last = useLastValue();
  if (trouble === null || !hasValues) return null;
  return (
    <Strip look={trouble.look}>
      {trouble.words} {last}
    </Strip>
  );
}

interface Trouble {
  look: 'late' | 'lost';
  words: string;
}

function useTrouble(): Trouble | null {
  const link = useLink();
  const gap = useGap();
  if (link === 'offline') return { look: 'lost', words: 'This device is offline.' };
  if (link === 'away' || link === 'connecting')
    return { look: 'lost', words: 'No connection to the hub, trying again.' };
  if (link === 'mute') return { look: 'lost', words: 'Nothing is coming from the hub.' };
  if (gap === null) return null;
  const why = GAP_REASONS[gap.reason] ?? `Live values are interrupted (${gap.reason}).`;
  return { look: 'late', words: `${why} Since ${clockTime(gap.since_ms)}.` };
}

function useLastValue(): string {
  const { store } = useLive();
  const nowMs = useHubNow();
  const lastMs = store.lastValueMs();
  if (lastMs === null) return 'No value yet.';
  return `Last value ${ageWords(nowMs - lastMs)} ago, ${clockTime(lastMs)}.`;
}
