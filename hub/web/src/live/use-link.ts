import { useIsOnline } from './use-is-online';
import { useStreamStatus } from './use-live';

/** How the way to the hub is: flowing, open but silent, being opened, refused or broken, no network at all. */
export type Link = 'flowing' | 'mute' | 'connecting' | 'away' | 'offline';

/** A stream that flows is believed over the browser's word: "offline" knows nothing of a hub on the local network. */
export function useLink(): Link {
  const { state, stale } = useStreamStatus();
  const online = useIsOnline();
  if (state === 'open' && !stale) return 'flowing';
  if (!online) return 'offline';
  if (state === 'open') return 'mute';
  return state === 'waiting' ? 'away' : 'connecting';
}
