import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { CalendarIcon } from '@/components/ui/first-icons';
import { BackIcon, NextIcon, PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { sessionWords } from '@/words/sessions';
import { startWords } from '@/words/start';
import { CopyWeek } from './copy-week';
import type { SessionEntry } from '@/api/sessions';
import type { Week } from './sessions';
import { beginsAt, dayOf, minutesOf, weekAfter, weekQuery } from './sessions';
import { StateChip } from './state-chip';

interface WeekPageProps {
  week: Week;
  /** The week it is now. */
  thisWeek: Week;
  teamId: string | undefined;
  /** Whether this person plans sessions. */
  trains: boolean;
  onWeek: (week: Week) => void;
}

/** What is planned and what was done, a week at a time. */
export function WeekPage({ week, thisWeek, teamId, trains, onWeek }: WeekPageProps) {
  const words = useWords(sessionWords);
  const { date } = useFormats();
  const query = useQuery(weekQuery(week, teamId));
  return (
    <Page
      title={words.title}
      subtitle={words.week(date(dayOf(week, 0)), date(dayOf(week, 6)))}
      actions={
        <>
          <WeekSteps week={week} thisWeek={thisWeek} onWeek={onWeek} />
          {trains && (
            <PlanActions week={week} teamId={teamId} count={query.data?.length ?? 0} onWeek={onWeek} />
          )}
        </>
      }
    >
      <Loaded query={query} what={words.what.sessions}>
        {sessions =>
          sessions.length === 0 ? <NothingThisWeek /> : <Days sessions={sessions} teamId={teamId} />
        }
      </Loaded>
    </Page>
  );
}

function WeekSteps({ week, thisWeek, onWeek }: Pick<WeekPageProps, 'week' | 'thisWeek' | 'onWeek'>) {
  const words = useWords(sessionWords);
  return (
    <>
      <Button className="px-2.5" aria-label={words.earlier} onClick={() => onWeek(weekAfter(week, -1))}>
        <BackIcon />
      </Button>
      <Button aria-disabled={week === thisWeek} onClick={() => onWeek(thisWeek)}>
        {words.thisWeek}
      </Button>
      <Button className="px-2.5" aria-label={words.later} onClick={() => onWeek(weekAfter(week, 1))}>
        <NextIcon />
      </Button>
    </>
  );
}

interface PlanActionsProps extends Pick<WeekPageProps, 'week' | 'teamId' | 'onWeek'> {
  /** How many sessions this week has. */
  count: number;
}

/** Plan a session, or this week again: of one team, so the team is chosen first. */
function PlanActions({ week, teamId, count, onWeek }: PlanActionsProps) {
  const words = useWords(startWords);
  const [copies, setCopies] = useState(false);
  return (
    <>
      {teamId !== undefined && count > 0 && <Button onClick={() => setCopies(true)}>{words.copy}</Button>}
      <Link
        to="/sessions/new"
        search={teamId === undefined ? {} : { team: teamId }}
        className="inline-flex min-h-11 items-center gap-2 rounded-lg border border-accent bg-accent px-4 font-medium text-on-accent"
      >
        <PlusIcon /> {words.planOne}
      </Link>
      {copies && teamId !== undefined && (
        <CopyWeek
          week={week}
          teamId={teamId}
          count={count}
          onClose={() => setCopies(false)}
          onCopied={copied => {
            setCopies(false);
            onWeek(copied);
          }}
        />
      )}
    </>
  );
}

function NothingThisWeek() {
  const words = useWords(sessionWords);
  return (
    <EmptyPanel icon={<CalendarIcon className="size-9" />} title={words.nothing}>
      {words.nothingHint}
    </EmptyPanel>
  );
}

interface DaysProps {
  sessions: readonly SessionEntry[];
  teamId: string | undefined;
}

function Days({ sessions, teamId }: DaysProps) {
  const { day } = useFormats();
  const days = Map.groupBy(
    sessions.toSorted((one, other) => beginsAt(one).getTime() - beginsAt(other).getTime()),
    session => beginsAt(session).toDateString(),
  );
  return (
    <ol className="flex flex-col gap-4">
      {[...days].map(([key, ofDay]) => (
        <li key={key}>
          <h2 className="mb-1.5 font-semibold">{day(key)}</h2>
          <ul className="overflow-hidden rounded-xl border border-line bg-surface">
            {ofDay.map(session => (
              <Entry key={session.id} session={session} teamId={teamId} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function Entry({ session, teamId }: { session: SessionEntry; teamId: string | undefined }) {
  const words = useWords(sessionWords);
  const { time } = useFormats();
  const minutes = minutesOf(session);
  return (
    <li className="border-b border-line last:border-b-0">
      <Link
        to="/sessions/$sessionId"
        params={{ sessionId: session.id }}
        search={teamId === undefined ? {} : { team: teamId }}
        className="flex min-h-14 items-center gap-3 px-4 py-2 hover:bg-raised sm:gap-4"
      >
        <span className="w-12 shrink-0 tabular-nums">{time(beginsAt(session))}</span>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{session.name}</span>
          <span className="block text-sm text-ink-soft">
            {words.kind[session.kind]}
            {minutes !== null && ` · ${words.minutes(minutes)}`}
          </span>
        </span>
        <StateChip state={session.state} />
      </Link>
    </li>
  );
}
