import { useEffect, useState } from 'react';
import { useLive } from '@/live/live-context';

/** Live values are drawn once a second: more often nobody sees on a chart of minutes. */
const DRAW_EVERY_MS = 1_000;

/** Hub time, renewed each second while a range moves with the clock; what is drawn depends on it. */
export function useMovingNow(moves: boolean): number {
  const { store } = useLive();
  const [now, setNow] = useState(() => store.clock.now());
  useEffect(() => {
    if (!moves) return undefined;
    const timer = setInterval(() => setNow(store.clock.now()), DRAW_EVERY_MS);
    return () => clearInterval(timer);
  }, [store, moves]);
  return now;
}
