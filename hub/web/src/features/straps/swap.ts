/** A strap given to somebody from some time on, and the sessions that this touches. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { SessionEntry } from '@/api/sessions';

export interface Swap {
  sensorId: number;
  label: string;
  athleteId: string;
  /** Who wears it now and gets the athlete's own in exchange; null for a free one. */
  other: { id: string; name: string } | null;
  /** Null: now. */
  sinceMs: number | null;
}

export function swapStrap({ sensorId, athleteId, other, sinceMs }: Swap) {
  const since = sinceMs === null ? {} : { from: new Date(sinceMs).toISOString() };
  const body = { sensor_id: sensorId, athlete_id: athleteId, exchange: other !== null, ...since };
  return answerOf(api.POST('/api/v1/assignments/swap', { body }));
}

/** Sessions between two times that have begun, of a team or of all in sight, the newest first. */
export function touchedQuery(teamId: string | null, fromMs: number, toMs: number) {
  const query = {
    ...(teamId === null ? {} : { team: teamId }),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    limit: 500,
  };
  return queryOptions({
    queryKey: ['sessions', 'touched', teamId, fromMs, toMs],
    queryFn: async (): Promise<SessionEntry[]> => {
      const { items } = await answerOf(api.GET('/api/v1/sessions', { params: { query } }));
      return items
        .filter(({ started_at }) => started_at !== null)
        .toSorted((one, other) => Date.parse(other.started_at ?? '') - Date.parse(one.started_at ?? ''));
    },
  });
}
