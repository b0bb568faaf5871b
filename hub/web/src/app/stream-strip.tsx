import { Strip } from '@/components/ui/strip';
import { useLive } from '@/live/live-context';
import { ageWords, clockTime } from '@/live/times';
import { useGap, useHubNow, useRoster } from '@/live/use-live';
import { useLink } from '@/live/use-link';
import { useWords } from '@/words/catalogue';
import { linkWords } from '@/words/link';

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
  const words = useWords(linkWords);
  const link = useLink();
  const gap = useGap();
  if (link === 'connecting') return { look: 'lost', words: words.trouble.away };
  if (link !== 'flowing') return { look: 'lost', words: words.trouble[link] };
  if (gap === null) return null;
  // a reason that this page does not know is told as it is
  const known: Readonly<Record<string, string>> = words.gap;
  const why = known[gap.reason] ?? words.gapOther(gap.reason);
  return { look: 'late', words: `${why} ${words.since(clockTime(gap.since_ms))}` };
}

function useLastValue(): string {
  const words = useWords(linkWords);
  const { store } = useLive();
  const nowMs = useHubNow();
  const lastMs = store.lastValueMs();
  if (lastMs === null) return words.noValue;
  return words.lastValue(ageWords(nowMs - lastMs), clockTime(lastMs));
}
