import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Tagged } from '@/api/client';
import { athletesQuery } from '@/api/queries';
import type { Session } from '@/api/sessions';
import { sessionQuery, summaryQuery } from '@/api/sessions';
import { Button } from '@/components/ui/button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { PulseIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Refusal } from '@/components/ui/refusal';
import { TextArea } from '@/components/ui/text-area';
import { useGateways } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { reviewWords } from '@/words/review';
import { sessionWords } from '@/words/sessions';
import { changeSession } from './planning';
import type { Reviewed } from './review-table';
import { ReviewTable } from './review-table';

interface ReviewPageProps {
  sessionId: string;
  onDone: () => void;
  back: ReactNode;
}

/** After the end: what came of each athlete, who counts, how hard it was, and notes. */
export function ReviewPage({ sessionId, onDone, back }: ReviewPageProps) {
  const words = useWords(reviewWords);
  const { what } = useWords(sessionWords);
  const query = useQuery(sessionQuery(sessionId));
  return (
    <Page title={words.title(query.data?.name ?? what.session)} back={back}>
      <Loaded query={query} what={what.session}>
        {session =>
          session.state === 'ended' ? (
            <Review session={session} onDone={onDone} />
          ) : (
            <EmptyPanel icon={<PulseIcon className="size-9" />} title={words.notEnded}>
              {words.notEndedHint}
            </EmptyPanel>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Values may come any moment after the end: asked more often than by those who read an old session. */
const RENEW_MS = 10_000;

function Review({ session, onDone }: { session: Tagged<Session>; onDone: () => void }) {
  const words = useWords(reviewWords);
  const summary = useQuery({ ...summaryQuery(session.id), refetchInterval: RENEW_MS });
  const athletes = useQuery(athletesQuery(session.team_id));
  const people = new Map(athletes.data?.map(athlete => [athlete.id, athlete]));
  const told = new Map(summary.data?.athletes.map(one => [one.athlete_id, one]));
  const [dropped, setDropped] = useState<ReadonlySet<string>>(new Set());
  const rows: Reviewed[] = session.roster
    .map(({ athlete_id: id }) => ({
      id,
      name: people.get(id)?.name ?? '…',
      number: people.get(id)?.number ?? null,
      summary: told.get(id),
    }))
    .toSorted((one, other) => (one.number ?? Infinity) - (other.number ?? Infinity));
  const keep = (id: string, isKept: boolean) => {
    const next = new Set(dropped);
    if (isKept) next.delete(id);
    else next.add(id);
    setDropped(next);
  };
  return (
    <>
      <HeldBack />
      {summary.isSuccess && summary.data.athletes.length === 0 && (
        <p className="text-ink-soft">{words.computing}</p>
      )}
      <ReviewTable sessionId={session.id} rows={rows} dropped={dropped} onKeep={keep} />
      <Finish session={session} dropped={dropped} onDone={onDone} />
    </>
  );
}

/** Gateways that still hold records of anybody: numbers will change when these come. */
function HeldBack() {
  const words = useWords(reviewWords);
  const { number } = useFormats();
  const holding = useGateways().filter(({ buffer }) => (buffer?.waiting_records ?? 0) > 0);
  if (holding.length === 0) return <p className="text-good">{words.allHere}</p>;
  return holding.map(({ name, site, buffer }) => (
    <p key={name} className="rounded-lg border border-late bg-late-soft p-3 text-late">
      {words.holds(site, name, number(buffer?.waiting_records ?? 0))}
    </p>
  ));
}

interface FinishProps {
  session: Tagged<Session>;
  dropped: ReadonlySet<string>;
  onDone: () => void;
}

/** Notes, and the way to the numbers. Where somebody else changed the session meanwhile, theirs is shown beside ours. */
function Finish({ session, dropped, onDone }: FinishProps) {
  const words = useWords(reviewWords);
  const queryClient = useQueryClient();
  const [before] = useState(session.notes ?? '');
  const [notes, setNotes] = useState(before);
  const save = useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      if (notes === before && dropped.size === 0) return;
      const roster = session.roster.filter(({ athlete_id: id }) => !dropped.has(id));
      await changeSession(session, {
        ...(notes === before ? {} : { notes }),
        ...(dropped.size === 0 ? {} : { roster }),
      });
    },
    onSuccess: onDone,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const theirs = session.notes ?? '';
  return (
    <>
      <TextArea
        label={words.notes}
        value={notes}
        maxLength={2000}
        onChange={event => setNotes(event.target.value)}
      />
      {theirs !== before && <p className="text-late">{words.theirNotes(theirs)}</p>}
      {dropped.size > 0 && <p className="text-late">{words.dropHint(dropped.size)}</p>}
      <Refusal error={save.error} />
      <Button look="solid" className="self-end" disabled={save.isPending} onClick={() => save.mutate()}>
        {save.isPending ? words.sending : words.finish}
      </Button>
    </>
  );
}
