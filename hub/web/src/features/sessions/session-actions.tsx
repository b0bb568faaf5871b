import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Tagged } from '@/api/client';
import { Button } from '@/components/ui/button';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { compareWords } from '@/words/compare';
import { reviewWords } from '@/words/review';
import { startWords } from '@/words/start';
import { EditSession } from './edit-session';
import { startSession } from './planning';
import type { Session } from '@/api/sessions';

/** What those who train can do with a session: begin it, edit it. */
export function SessionActions({ session }: { session: Tagged<Session> }) {
  const words = useWords(startWords);
  const review = useWords(reviewWords);
  const compare = useWords(compareWords);
  const queryClient = useQueryClient();
  const [isEdited, setIsEdited] = useState(false);
  const start = useMutation({
    networkMode: 'always',
    mutationFn: () => startSession(session.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <>
      <Refusal error={start.error} />
      {session.state === 'planned' && (
        <Button look="solid" disabled={start.isPending} onClick={() => start.mutate()}>
          {start.isPending ? words.sending : words.start}
        </Button>
      )}
      {session.state === 'ended' && (
        <Link
          to="/sessions/$sessionId/review"
          params={{ sessionId: session.id }}
          search={{ team: session.team_id }}
          className="inline-flex min-h-11 items-center rounded-lg border border-line-strong bg-surface px-4 font-medium"
        >
          {review.open}
        </Link>
      )}
      {session.started_at !== null && session.ended_at !== null && (
        <Link
          to="/compare"
          search={{ team: session.team_id, from: session.started_at, to: session.ended_at }}
          className="inline-flex min-h-11 items-center rounded-lg border border-line-strong bg-surface px-4 font-medium"
        >
          {compare.open}
        </Link>
      )}
      <Button onClick={() => setIsEdited(true)}>{words.edit}</Button>
      {isEdited && <EditSession session={session} onClose={() => setIsEdited(false)} />}
    </>
  );
}
