/** What came of the gateways and could not be stored. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';

export type ParkedGroup = components['schemas']['ParkedGroup'];
export type ParkedRecord = components['schemas']['ParkedRecord'];

const PAGE = 50;
/** Workers look every 5 s at what is to be tried again. */
const LOOK_MS = 5_000;
const PARKED = ['parked'];

export const groupsQuery = queryOptions({
  queryKey: [...PARKED, 'groups'],
  queryFn: async () => (await answerOf(api.GET('/api/v1/parked-records/summary'))).items,
  refetchInterval: LOOK_MS,
});

export function parkedQuery(gateway: string, reason: string) {
  return infiniteQueryOptions({
    queryKey: [...PARKED, 'of', gateway, reason],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/v1/parked-records', {
          params: {
            query: { gateway, reason, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    refetchInterval: LOOK_MS,
  });
}

export const discardedQuery = infiniteQueryOptions({
  queryKey: [...PARKED, 'discarded'],
  queryFn: ({ pageParam }) =>
    answerOf(
      api.GET('/api/v1/discarded-records', {
        params: { query: { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next,
});

/** What a change of parked records makes old. */
export const parkedKey = PARKED;

export function retryParked(ids: number[]) {
  return answerOf(api.POST('/api/v1/parked-records/retry', { body: { ids } }));
}

export function discardParked(ids: number[], reason: string) {
  return answerOf(api.POST('/api/v1/parked-records/discard', { body: { ids, reason } }));
}
