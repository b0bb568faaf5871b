import { useParams, useRouteContext, useSearch } from '@tanstack/react-router';
import type { Session } from '@/api/sessions';
import { Happened } from '@/features/running/happened';
import { RunningBar } from '@/features/running/running-bar';
import { SessionPage } from '@/features/sessions/session-page';
import { sessionWords } from '@/words/sessions';
import { useWords } from '@/words/catalogue';
import { BackLink } from './back-link';
import { homeOf, trains } from './places';

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
      seesWall={homeOf(me.role) === '/'}
      Running={RunningSession}
      Happened={Happened}
      back={<BackLink to="/sessions" search={team === undefined ? {} : { team }} name={words.all} />}
    />
  );
}

/** What stands on the page of a session while it runs; the page shows by itself what the session has become. */
function RunningSession({ session }: { session: Session }) {
  const { me } = useRouteContext({ from: '/frame' });
  return <RunningBar session={session} trains={trains(me.role)} />;
}
