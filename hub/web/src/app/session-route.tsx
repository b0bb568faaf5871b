import { useParams, useRouteContext, useSearch } from '@tanstack/react-router';
import { SessionPage } from '@/features/sessions/session-page';
import { sessionWords } from '@/words/sessions';
import { useWords } from '@/words/catalogue';
import { BackLink } from './back-link';
import { trains } from './places';

export function SessionRoute() {
  const { sessionId } = useParams({ from: '/frame/sessions/$sessionId' });
  const { me } = useRouteContext({ from: '/frame' });
  const { team } = useSearch({ from: '/frame' });
  const words = useWords(sessionWords);
  return (
    <SessionPage
      key={sessionId}
      sessionId={sessionId}
      trains={trains(me.role)}
      back={<BackLink to="/sessions" search={team === undefined ? {} : { team }} name={words.all} />}
    />
  );
}
