import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { later } from '@/components/ui/later';
import { Wall } from '@/features/wall/wall';
import { trains } from './places';

/** Comes after the tiles: the first paint of the wall does not wait for it. */
const RunningBars = later(async () => (await import('@/features/running/running-bars')).RunningBars);

const AlertStrip = later(async () => (await import('@/features/alerts/alert-strip')).AlertStrip);
const FirstStepsStrip = later(
  async () => (await import('@/features/first-steps/first-steps-strip')).FirstStepsStrip,
);
const SwapDialog = later(async () => (await import('@/features/straps/swap-dialog')).SwapDialog);

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
