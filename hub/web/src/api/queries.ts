/** What more than one feature asks of the hub. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client';
import type { components } from './schema';

export type Me = components['schemas']['Me'];
export type Team = components['schemas']['Team'];
export type Athlete = components['schemas']['Athlete'];

/** Who is signed in. A 401 stands for nobody and is thrown like any other problem. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answerOf(api.GET('/api/v1/me')),
  staleTime: 5 * 60_000,
});

/** The teams the person may see: a club has few, one page holds them. */
export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: async () =>
    (await answerOf(api.GET('/api/v1/teams', { params: { query: { limit: 500 } } }))).items,
  staleTime: 5 * 60_000,
});

/** The athletes the person may see, of one team or of all: a club's longest list, some hundreds, is one page. */
export function athletesQuery(teamId: string | undefined) {
  const query = { limit: 500, ...(teamId === undefined ? {} : { team: teamId }) };
  return queryOptions({
    queryKey: ['athletes', 'of', teamId ?? null],
    queryFn: async () => (await answerOf(api.GET('/api/v1/athletes', { params: { query } }))).items,
    staleTime: 60_000,
  });
}
