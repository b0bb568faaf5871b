import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { GapEvent, GatewayNews, RosterAthlete } from './events';
import { useLive } from './live-context';
import type { Presence } from './presence';
import type { Tally } from './store';
import type { StreamStatus } from './stream';

/** What may be shown of one athlete now. Only a change of just this draws again. */
export function usePresence(athleteId: string): Presence {
  const { store } = useLive();
  const subscribe = useCallback(
    (listener: () => void) => store.subscribePresence(athleteId, listener),
    [store, athleteId],
  );
  return useSyncExternalStore(subscribe, () => store.presence(athleteId));
}

export function useRoster(): readonly RosterAthlete[] | null {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribeHead, store.roster);
}

export function useTally(): Tally {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribeHead, store.tally);
}

export function useGateways(): readonly GatewayNews[] {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribeHead, store.gateways);
}

export function useGap(): GapEvent | null {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribeHead, store.gap);
}

export function useStreamStatus(): StreamStatus {
  const { stream } = useLive();
  return useSyncExternalStore(stream.subscribe, stream.status);
}

/** Hub time, renewed each second. */
export function useHubNow(): number {
  const { store } = useLive();
  const [now, setNow] = useState(() => store.clock.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(store.clock.now()), 1000);
    return () => clearInterval(timer);
  }, [store]);
  return now;
}
