/** The words for a presence, the same on the wall and on the athlete's page. */
import type { ReactNode } from 'react';
import {
  ClockIcon,
  HourglassIcon,
  NoSensorIcon,
  SignalLostIcon,
  StrapOffIcon,
  WarningIcon,
} from '@/components/ui/first-icons';
import type { Presence } from './presence';
import { useWords } from '@/words/catalogue';
import { liveWords } from '@/words/live';
import { ageWords, clockTime } from './times';

const SMALL = 'size-[1.15em]';

export function PresenceLine({ presence }: { presence: Presence }): ReactNode {
  const words = useWords(liveWords);
  const { state, quality, ageS, sinceMs } = presence;
  if (state === 'live' && quality !== 'ok')
    return <Line icon={<WarningIcon className={SMALL} />} look="text-late" words={words.quality[quality]} />;
  if (state === 'live')
    return <Line icon={<LiveDot />} look="text-good" words={ageS === 0 ? words.now : words.seconds(ageS)} />;
  if (state === 'late')
    return (
      <Line
        icon={<ClockIcon className={SMALL} />}
        look="text-late"
        words={words.late(ageWords(ageS * 1000))}
      />
    );
  if (state === 'lost')
    return (
      <Line
        icon={<SignalLostIcon className={SMALL} />}
        look="text-lost"
        words={words.lostSince(clockTime(sinceMs ?? 0))}
      />
    );
  return (
    <Line
      icon={REST_ICONS[state]}
      look="text-ink-soft"
      words={state === 'not_worn' ? words.quality.no_contact : words.state[state]}
    />
  );
}

const REST_ICONS: Record<'not_worn' | 'no_sensor' | 'waiting', ReactNode> = {
  not_worn: <StrapOffIcon className={SMALL} />,
  no_sensor: <NoSensorIcon className={SMALL} />,
  waiting: <HourglassIcon className={SMALL} />,
};

function Line({ icon, look, words }: { icon: ReactNode; look: string; words: string }) {
  return (
    <span className={`flex min-w-0 items-center gap-1 font-medium ${look}`}>
      {icon}
      <span className="truncate tabular-nums">{words}</span>
    </span>
  );
}

function LiveDot() {
  return (
    <svg viewBox="0 0 12 12" className="size-[.75em] shrink-0" aria-hidden="true">
      <circle cx="6" cy="6" r="4.5" fill="currentColor" stroke="currentColor" />
    </svg>
  );
}
