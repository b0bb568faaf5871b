import { useCallback, useSyncExternalStore } from 'react';
import type { AlertEvent, GapEvent, GatewayNews, RosterAthlete } from './events';
import { useLive } from './live-context';
import type { Presence, PresenceState } from './presence';
import type { OffPlay, Tally } from './store';
import type { StreamStatus } from './stream';

/** What may be shown of one athlete now. Only a change of just this draws again. */
export function usePresence(athleteId: string): Presence {
  return usePresencePart(athleteId, whole);
}

/** The state alone, for what does not change with every value. */
export function usePresenceState(athleteId: string): PresenceState {
  return usePresencePart(athleteId, stateOf);
}

/** What an athlete is who is not in play; null in play. */
export function usePlay(athleteId: string): OffPlay | null {
  const { store } = useLive();
  return useSyncExternalStore(useSubscribe(athleteId), () => store.play(athleteId));
}

const whole = (presence: Presence): Presence => presence;
const stateOf = (presence: Presence): PresenceState => presence.state;

function usePresencePart<Part>(athleteId: string, part: (presence: Presence) => Part): Part {
  const { store } = useLive();
  return useSyncExternalStore(useSubscribe(athleteId), () => part(store.presence(athleteId)));
}

function useSubscribe(athleteId: string): (listener: () => void) => () => void {
  const { store } = useLive();
  return useCallback(listener => store.subscribePresence(athleteId, listener), [store, athleteId]);
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

/** What an alarm said last while this page was open. */
export function useNewestAlert(): AlertEvent | null {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribeHead, store.newestAlert);
}

export function useStreamStatus(): StreamStatus {
  const { stream } = useLive();
  return useSyncExternalStore(stream.subscribe, stream.status);
}

/** Hub time to the second. */
export function useHubNow(): number {
  const { store } = useLive();
  return useSyncExternalStore(store.subscribeHead, store.secondMs);
}
