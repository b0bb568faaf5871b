/** What athletes of other teams and clubs let this person read. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client';
import { wholeList } from './lists';
import type { components } from './schema';

export type Shared = components['schemas']['Shared'];

/** Asked for again: a grant ends when the athlete says so. */
export const sharedQuery = queryOptions({
  queryKey: ['shared'],
  queryFn: () => wholeList(part => answerOf(api.GET('/api/v1/shared', { params: { query: part } }))),
  refetchInterval: 60_000,
});
