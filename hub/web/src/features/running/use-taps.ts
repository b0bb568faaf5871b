import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { timelineQuery } from '@/api/sessions';
import type { Refused, Tap } from './taps';
import { Taps } from './taps';

/** One queue for this device, whatever page shows it. */
const taps = new Taps();

interface UseTaps {
  taps: Taps;
  all: readonly Tap[];
  refused: readonly Refused[];
}

/** The taps of this device. What the hub has heard is read anew; the network's return sends what waits. */
export function useTaps(): UseTaps {
  const all = useSyncExternalStore(taps.subscribe, taps.all);
  const refused = useSyncExternalStore(taps.subscribe, taps.refused);
  const queryClient = useQueryClient();
  useEffect(
    () =>
      taps.subscribeHeard(
        sessionId => void queryClient.invalidateQueries({ queryKey: timelineQuery(sessionId).queryKey }),
      ),
    [queryClient],
  );
  useEffect(() => {
    const deliver = () => void taps.deliver();
    deliver();
    window.addEventListener('online', deliver);
    return () => window.removeEventListener('online', deliver);
  }, []);
  return { taps, all, refused };
}

/** Signed out: whoever comes next on this device finds and tells nothing of it. */
export function forgetTaps(): void {
  taps.clear();
}
