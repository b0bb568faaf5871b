import { Strip } from '@/components/ui/strip';
import { useLive } from '@/live/live-context';
import { ageWords, clockTime } from '@/live/times';
import { useGap, useHubNow, useStreamStatus } from '@/live/use-live';
import { useIsOnline } from '@/live/use-is-online';

/** Why the hub stopped sending, in a coach's words; a reason this page does not know is told as it is. */
const GAP_REASONS: Record<string, string> = {
  database_away: 'The hub’s database is away. Values are kept and stored when it is back.',
  broker_away: 'The hub’s message broker is away. Gateways keep their values until it is back.',
  missed: 'This device missed some values.',
};

/** What is wrong with all tiles at once. Nothing at all while the stream is well. */
export function StreamStrip() {
  const { store } = useLive();
  const status = useStreamStatus();
  const gap = useGap();
  const online = useIsOnline();
  const nowMs = useHubNow();
  const lastMs = store.lastValueMs();
  const last =
    lastMs === null ? 'No value yet.' : `Last value ${ageWords(nowMs - lastMs)} ago, ${clockTime(lastMs)}.`;

  if (!online) return <Strip look="lost">This device is offline. {last}</Strip>;
  if (status.state === 'waiting' || (status.state === 'connecting' && status.heardAtMs !== null))
    return <Strip look="lost">No connection to the hub. {last} Trying again.</Strip>;
  if (status.stale) return <Strip look="lost">Nothing is coming from the hub. {last}</Strip>;
  if (gap !== null)
    return (
      <Strip look="late">
        {GAP_REASONS[gap.reason] ?? `Live values are interrupted (${gap.reason}).`} Since{' '}
        {clockTime(gap.since_ms)}. {last}
      </Strip>
    );
  return null;
}
