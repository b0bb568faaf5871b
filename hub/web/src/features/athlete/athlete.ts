import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Athlete = components['schemas']['Athlete'];

export function athleteQuery(athleteId: string) {
  return queryOptions({
    queryKey: ['athlete', athleteId],
    queryFn: () =>
      answerOf(api.GET('/api/v1/athletes/{athlete_id}', { params: { path: { athlete_id: athleteId } } })),
    staleTime: 60_000,
  });
}
