import { useQuery } from '@tanstack/react-query';
import { isoDay } from '@/api/days';
import { Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { Athlete } from '@/api/queries';
import type { SessionEntry } from '@/api/sessions';
import { Loaded } from '@/components/ui/loaded';
import { Panel } from '@/components/ui/panel';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { ownWords } from '@/words/own';
import { sessionWords } from '@/words/sessions';
import { nearSessions, nearSessionsQuery } from './own';
import type { Whose } from './own-page';
import { OwnPage } from './own-page';
import { RatingPanel } from './rating-panel';
import { WellnessPanel } from './wellness-panel';

interface TodayPageProps extends Whose {
  today: Date;
  /** Whether this person answers: guardians read what their athletes said. */
  answers: boolean;
  /** What an athlete did in a session that has ended. */
  Numbers: ComponentType<{ sessionId: string; athlete: Athlete }>;
}

/** An athlete's day: what comes next, how it feels, and what the last session was. */
export function TodayPage({ today, answers, Numbers, ...whose }: TodayPageProps) {
  const words = useWords(ownWords);
  return (
    <OwnPage title={words.today} {...whose}>
      {athlete => (
        <div key={athlete.id} className="grid items-start gap-4 lg:grid-cols-2">
          <Sessions athlete={athlete} today={today} answers={answers} Numbers={Numbers} />
          <WellnessPanel athlete={athlete} day={isoDay(today)} answers={answers} />
        </div>
      )}
    </OwnPage>
  );
}

type SessionsProps = Pick<TodayPageProps, 'today' | 'answers' | 'Numbers'> & { athlete: Athlete };

function Sessions({ athlete, today, answers, Numbers }: SessionsProps) {
  const words = useWords(ownWords);
  const query = useQuery(nearSessionsQuery(athlete.team_id, today));
  return (
    <div className="flex flex-col gap-4">
      <Loaded query={query} what={words.what.sessions}>
        {sessions => {
          const { running, next, last } = nearSessions(sessions, query.dataUpdatedAt);
          return (
            <>
              {running && <Running session={running} athleteId={athlete.id} />}
              <Panel title={words.next}>
                {next ? <When session={next} /> : <p className="text-ink-soft">{words.nothingNext}</p>}
              </Panel>
              <Panel title={words.last}>
                {last ? (
                  <>
                    <When session={last} />
                    <Numbers sessionId={last.id} athlete={athlete} />
                    <RatingPanel athleteId={athlete.id} sessionId={last.id} answers={answers} />
                  </>
                ) : (
                  <p className="text-ink-soft">{words.nothingLast}</p>
                )}
              </Panel>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function Running({ session, athleteId }: { session: SessionEntry; athleteId: string }) {
  const words = useWords(ownWords);
  return (
    <Panel title={words.running}>
      <When session={session} />
      <Link
        to="/athletes/$athleteId"
        params={{ athleteId }}
        className="inline-flex min-h-11 items-center self-start rounded-lg border border-accent bg-accent px-4 font-medium text-on-accent"
      >
        {words.live}
      </Link>
    </Panel>
  );
}

function When({ session }: { session: SessionEntry }) {
  const words = useWords(sessionWords);
  const { day, time } = useFormats();
  const begins = session.started_at ?? session.planned_from;
  const ends = session.ended_at ?? session.planned_to;
  return (
    <p>
      <Link
        to="/sessions/$sessionId"
        params={{ sessionId: session.id }}
        className="inline-flex min-h-11 items-center text-lg font-semibold underline decoration-line-strong underline-offset-4"
      >
        {session.name}
      </Link>
      <span className="block text-ink-soft">
        {words.kind[session.kind]} · {day(begins)}, {time(begins)}
        {ends !== null && ` – ${time(ends)}`}
      </span>
    </p>
  );
}
