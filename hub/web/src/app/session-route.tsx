import { useParams, useSearch } from '@tanstack/react-router';
import { SessionPage } from '@/features/sessions/session-page';
import { sessionWords } from '@/words/sessions';
import { useWords } from '@/words/catalogue';
import { BackLink } from './back-link';

export function SessionRoute() {
  const { sessionId } = useParams({ from: '/frame/sessions/$sessionId' });
  const { team } = useSearch({ from: '/frame' });
  const words = useWords(sessionWords);
  return (
    <SessionPage
      key={sessionId}
      sessionId={sessionId}
      back={<BackLink to="/sessions" search={team === undefined ? {} : { team }} name={words.all} />}
    />
  );
}
