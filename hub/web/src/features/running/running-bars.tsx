import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Session } from '@/api/sessions';
import { PlusIcon } from '@/components/ui/icons';
import { useWords } from '@/words/catalogue';
import { runningWords } from '@/words/running';
import { runningQuery } from './running';
import { RunningBar } from './running-bar';

interface RunningBarsProps {
  teamId: string | undefined;
  trains: boolean;
  onEnded: (session: Session) => void;
}

/** The sessions that run now, above the wall; where none runs, the way to one. */
export function RunningBars({ teamId, trains, onEnded }: RunningBarsProps) {
  const words = useWords(runningWords);
  const { data } = useQuery(runningQuery(teamId));
  if (data === undefined) return null;
  if (data.length > 0)
    return data.map(session => <RunningBar key={session.id} {...{ session, trains, onEnded }} />);
  if (!trains) return null;
  return (
    <p className="flex items-center justify-between gap-3 px-3 pt-1 text-ink-soft xl:px-4">
      {words.nothing}
      <Link
        to="/sessions/new"
        search={teamId === undefined ? {} : { team: teamId }}
        className="inline-flex min-h-11 items-center gap-2 rounded-lg border border-line-strong bg-surface px-4 font-medium text-ink"
      >
        <PlusIcon /> {words.start}
      </Link>
    </p>
  );
}
