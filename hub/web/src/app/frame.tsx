import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { Suspense, useCallback } from 'react';
import { isSignedOut } from '@/api/problem';
import { meQuery } from '@/api/queries';
import { later } from '@/components/ui/later';
import { LiveProvider } from '@/live/live-context';
import { choosesTeam, placesOf } from './places';
import { Rail } from './rail';
import { StreamStrip } from './stream-strip';
import { TopBar } from './top-bar';
import { useLeave } from './use-leave';

const NewVersion = later(async () => (await import('./new-version')).NewVersion);

/** Comes after the page: until then it is as this device remembers. */
const Chosen = later(async () => (await import('./chosen')).Chosen);

/** What all screens behind the sign-in share: the top bar, the rail and the one live stream. */
export function Frame() {
  const { me } = useRouteContext({ from: '/frame' });
  const { team } = useSearch({ from: '/frame' });
  const navigate = useNavigate();
  const leave = useLeave();
  const checkSession = useSessionCheck(leave);
  const path = useLocation({ select: ({ pathname }) => pathname });
  const isPlace = placesOf(me.role).some(place => place.to === path);
  // a page of one thing is of one team: the other team is looked at on the wall
  const chooseTeam = (chosen: string | undefined) =>
    void navigate({ to: isPlace ? '.' : '/', search: chosen === undefined ? {} : { team: chosen } });
  return (
    <LiveProvider teamId={team} onFailed={checkSession}>
      <div className="flex h-dvh flex-col print:block print:h-auto">
        <TopBar
          me={me}
          teamId={team}
          onTeam={choosesTeam(me.role, path) ? chooseTeam : undefined}
          onSignedOut={() => leave(false)}
        />
        <StreamStrip />
        <Suspense>
          <Chosen />
          <NewVersion />
        </Suspense>
        <div className="flex min-h-0 flex-1 flex-col lg:flex-row print:block">
          <Rail role={me.role} teamId={team} />
          <div className="flex min-h-0 min-w-0 flex-1 flex-col print:block">
            <Outlet />
          </div>
        </div>
      </div>
    </LiveProvider>
  );
}

/** A broken stream tells no status; asking who we are tells whether the session is why. */
function useSessionCheck(leave: (ended: boolean) => void): () => void {
  const queryClient = useQueryClient();
  return useCallback(() => {
    queryClient.fetchQuery({ ...meQuery, staleTime: 0, retry: false }).catch((error: unknown) => {
      if (isSignedOut(error)) leave(true);
    });
  }, [queryClient, leave]);
}
