import { useIsOnline } from '@/live/use-is-online';
import { useGap, useStreamStatus } from '@/live/use-live';

type Health = 'good' | 'late' | 'lost';

const LOOKS: Record<Health, string> = { good: 'text-good', late: 'text-late', lost: 'text-lost' };

/** How the live stream is. Read out when it changes; it counts nothing, so it does not talk every second. */
export function ConnectionChip() {
  const [health, words] = useConnection();
  return (
    <p
      role="status"
      data-part="connection"
      className={`flex min-h-8 items-center gap-2 rounded-full border border-current px-2.5 text-sm sm:px-3 font-medium whitespace-nowrap ${LOOKS[health]}`}
    >
      <Sign health={health} />
      {words}
    </p>
  );
}

function useConnection(): [Health, string] {
  const status = useStreamStatus();
  const online = useIsOnline();
  const gap = useGap();
  if (!online) return ['lost', 'Offline'];
  if (status.state === 'waiting') return ['lost', 'No connection'];
  if (status.state !== 'open') return ['late', 'Connecting'];
  if (status.stale) return ['lost', 'No data'];
  return gap === null ? ['good', 'Connected'] : ['late', 'Interrupted'];
}

/** Full, half and empty: told apart without colour. */
function Sign({ health }: { health: Health }) {
  return (
    <svg viewBox="0 0 12 12" className="size-3" aria-hidden="true" stroke="currentColor" strokeWidth="2">
      <circle cx="6" cy="6" r="4.5" fill={health === 'good' ? 'currentColor' : 'none'} />
      {health === 'late' && <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" stroke="none" />}
      {health === 'lost' && <path d="M3 9l6-6" />}
    </svg>
  );
}
