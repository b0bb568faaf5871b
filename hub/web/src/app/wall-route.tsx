import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { Suspense, lazy, useState } from 'react';
import { Wall } from '@/features/wall/wall';
import { trains } from './places';

/** Comes after the tiles: the first paint of the wall does not wait for it. */
const RunningBars = lazy(async () => ({
  default: (await import('@/features/running/running-bars')).RunningBars,
}));

const AlertStrip = lazy(async () => ({
  default: (await import('@/features/alerts/alert-strip')).AlertStrip,
}));
const FirstStepsStrip = lazy(async () => ({
  default: (await import('@/features/first-steps/first-steps-strip')).FirstStepsStrip,
}));
const SwapDialog = lazy(async () => ({
  default: (await import('@/features/straps/swap-dialog')).SwapDialog,
}));

export function WallRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  const { team } = useSearch({ from: '/frame' });
  const navigate = useNavigate();
  const [swapped, setSwapped] = useState<string | null>(null);
  const running = (
    <Suspense>
      {me.role === 'admin' && <FirstStepsStrip />}
      {trains(me.role) && <AlertStrip teamId={team} />}
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
  return (
    <>
      <Wall
        seesHealth={seesHealth}
        running={seesHealth && running}
        onSwap={trains(me.role) ? setSwapped : undefined}
      />
      {swapped !== null && (
        <Suspense>
          <SwapDialog athleteId={swapped} onClose={() => setSwapped(null)} />
        </Suspense>
      )}
    </>
  );
}
