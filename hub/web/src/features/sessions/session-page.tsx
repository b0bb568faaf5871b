import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ComponentType, ReactNode } from 'react';
import { athletesQuery } from '@/api/queries';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { CalendarIcon, PulseIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { PrintButton } from '@/components/ui/print-button';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { sessionWords } from '@/words/sessions';
import type { Session } from '@/api/sessions';
import type { SessionSummary } from './sessions';
import { sessionQuery, summaryQuery } from '@/api/sessions';
import { beginsAt, minutesOf } from './sessions';
import { SessionActions } from './session-actions';
import { StateChip } from './state-chip';
import { SummaryTable } from './summary-table';

interface SessionPageProps {
  sessionId: string;
  /** Whether this person plans and runs sessions. */
  trains: boolean;
  /** What stands here while it runs. */
  Running: ComponentType<{ session: Session }>;
  /** Whether this person's role has the wall. */
  seesWall: boolean;
  /** Its phases and markers, once it has begun. */
  Happened: ComponentType<{ sessionId: string }>;
  /** The way back to the calendar. */
  back: ReactNode;
}

/** One session: when it was, and its numbers. */
export function SessionPage({ sessionId, trains, seesWall, Running, Happened, back }: SessionPageProps) {
  const words = useWords(sessionWords);
  const query = useQuery(sessionQuery(sessionId));
  return (
    <Page
      title={query.data?.name ?? words.what.session}
      subtitle={query.data && <When session={query.data} />}
      back={back}
      actions={
        query.data && (
          <>
            <StateChip state={query.data.state} />
            {trains && <SessionActions session={query.data} />}
            {query.data.state === 'ended' && <PrintButton />}
          </>
        )
      }
    >
      <Loaded query={query} what={words.what.session}>
        {session => (
          <>
            <State session={session} seesWall={seesWall} Running={Running} />
            {session.started_at !== null && <Happened sessionId={session.id} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function When({ session }: { session: Session }) {
  const words = useWords(sessionWords);
  const { moment } = useFormats();
  const minutes = minutesOf(session);
  const begins = moment(beginsAt(session));
  return (
    <>
      {words.kind[session.kind]} · {session.started_at === null ? words.planned(begins) : begins}
      {minutes !== null && ` · ${words.minutes(minutes)}`}
    </>
  );
}

type StateProps = { session: Session } & Pick<SessionPageProps, 'Running' | 'seesWall'>;

function State({ session, seesWall, Running }: StateProps) {
  const words = useWords(sessionWords);
  if (session.state === 'planned')
    return (
      <EmptyPanel icon={<CalendarIcon className="size-9" />} title={words.isPlanned}>
        {words.isPlannedHint}
      </EmptyPanel>
    );
  if (session.state === 'running')
    return (
      <>
        <Running session={session} />
        <EmptyPanel icon={<PulseIcon className="size-9" />} title={words.isRunning}>
          {words.isRunningHint}{' '}
          {seesWall && (
            <Link to="/" search={{ team: session.team_id }} className="font-medium text-accent underline">
              {words.toWall}
            </Link>
          )}
        </EmptyPanel>
      </>
    );
  return <Numbers session={session} />;
}

function Numbers({ session }: { session: Session }) {
  const words = useWords(sessionWords);
  const summary = useQuery(summaryQuery(session.id));
  const athletes = useQuery(athletesQuery(session.team_id));
  const people = new Map(athletes.data?.map(({ id, name, number }) => [id, { name, number }]));
  return (
    <Loaded query={summary} what={words.what.summary}>
      {told =>
        told.athletes.length === 0 ? (
          <EmptyPanel icon={<CalendarIcon className="size-9" />} title={words.nobody}>
            {words.nobodyHint}
          </EmptyPanel>
        ) : (
          <>
            <Completeness summary={told} />
            <SummaryTable summary={told} people={people} />
          </>
        )
      }
    </Loaded>
  );
}

/** Whether all that was recorded is here. */
function Completeness({ summary }: { summary: SessionSummary }) {
  const words = useWords(sessionWords);
  const { moment } = useFormats();
  if (summary.complete === null) return <p className="text-ink-soft">{words.nothingWorn}</p>;
  if (!summary.complete) return <p className="text-late">{words.incomplete}</p>;
  return (
    <p className="text-good">
      {words.complete(summary.complete_at === null ? '–' : moment(summary.complete_at))}
    </p>
  );
}
