import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { Suspense, lazy } from 'react';
import { Wall } from '@/features/wall/wall';
import { trains } from './places';

/** Comes after the tiles: the first paint of the wall does not wait for it. */
const RunningBars = lazy(async () => ({
  default: (await import('@/features/running/running-bars')).RunningBars,
}));

export function WallRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  const { team } = useSearch({ from: '/frame' });
  const navigate = useNavigate();
  const running = (
    <Suspense>
      <RunningBars
        teamId={team}
        trains={trains(me.role)}
        onEnded={({ id, team_id }) =>
          void navigate({
            to: '/sessions/$sessionId/review',
            params: { sessionId: id },
            search: { team: team_id },
          })
        }
      />
    </Suspense>
  );
  const seesHealth = me.role !== 'technician';
  return <Wall seesHealth={seesHealth} running={seesHealth && running} />;
}
