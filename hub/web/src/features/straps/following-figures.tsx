import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SessionEntry } from '@/api/sessions';
import { summaryQuery } from '@/api/sessions';
import { Loaded } from '@/components/ui/loaded';
import type { RosterAthlete } from '@/live/events';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { strapWords } from '@/words/straps';
import type { Swap } from './swap';
import { touchedQuery } from './swap';

interface FollowingFiguresProps {
  athlete: RosterAthlete;
  swap: Swap;
  /** Hub time just before it was done: what was computed later knows of it. */
  swappedMs: number;
}

/** What the swap has changed: who wears what, and each session's figures once they are computed anew. */
export function FollowingFigures({ athlete, swap, swappedMs }: FollowingFiguresProps) {
  const words = useWords(strapWords);
  const { moment } = useFormats();
  const sinceMs = swap.sinceMs ?? swappedMs;
  const sessions = useQuery(touchedQuery(athlete.team_id, sinceMs, swappedMs + 1));
  const people = [athlete, ...(swap.other === null ? [] : [swap.other])];
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="font-medium text-good">
        {words.done(swap.label, athlete.name, moment(new Date(sinceMs)))}{' '}
        {swap.other !== null && words.exchanged(swap.other.name)}
      </p>
      <h3 className="font-semibold">{words.figures}</h3>
      <Loaded query={sessions} what={words.what.sessions}>
        {told =>
          told.length === 0 ? (
            <p className="text-ink-soft">{words.noSession}</p>
          ) : (
            told.map(session => <OfSession key={session.id} {...{ session, people, swappedMs }} />)
          )
        }
      </Loaded>
    </div>
  );
}

interface OfSessionProps {
  session: SessionEntry;
  people: readonly { id: string; name: string }[];
  swappedMs: number;
}

function OfSession({ session, people, swappedMs }: OfSessionProps) {
  const words = useWords(strapWords);
  return (
    <section className="rounded-xl border border-line p-3">
      <h4 className="flex flex-wrap items-baseline justify-between gap-2 font-medium">
        {session.name}
        <Link
          to="/sessions/$sessionId"
          params={{ sessionId: session.id }}
          search={{ team: session.team_id }}
          className="inline-flex min-h-11 items-center text-accent underline"
        >
          {words.toNumbers}
        </Link>
      </h4>
      {session.state === 'running' ? (
        <p className="text-ink-soft">{words.running}</p>
      ) : (
        <Revised sessionId={session.id} people={people} swappedMs={swappedMs} />
      )}
    </section>
  );
}

/** While somebody waits for the figures. */
const LOOK_MS = 2_000;

function Revised({ sessionId, people, swappedMs }: Omit<OfSessionProps, 'session'> & { sessionId: string }) {
  const words = useWords(strapWords);
  const query = useQuery({ ...summaryQuery(sessionId), refetchInterval: LOOK_MS });
  return (
    <Loaded query={query} what={words.what.summary}>
      {({ athletes }) => {
        const anew = people.flatMap(({ id, name }) => {
          const found = athletes.find(one => one.athlete_id === id);
          return found !== undefined && Date.parse(found.computed_at) >= swappedMs
            ? [{ id, name, told: found.revised ?? words.same }]
            : [];
        });
        return (
          <div role="status">
            {anew.map(({ id, name, told }) => (
              <p key={id}>
                {name}: <b>{told}</b>
              </p>
            ))}
            {anew.length < people.length && <p className="text-ink-soft">{words.computing}</p>}
          </div>
        );
      }}
    </Loaded>
  );
}
