import { useGap } from '@/live/use-live';
import type { Link } from '@/live/use-link';
import { useLink } from '@/live/use-link';
import { useWords } from '@/words/catalogue';
import { linkWords } from '@/words/link';

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

const LINKS: Record<Link, Health> = {
  flowing: 'good',
  mute: 'lost',
  connecting: 'late',
  away: 'lost',
  offline: 'lost',
};

function useConnection(): [Health, string] {
  const words = useWords(linkWords);
  const link = useLink();
  const gap = useGap();
  return link === 'flowing' && gap !== null ? ['late', words.interrupted] : [LINKS[link], words[link]];
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
