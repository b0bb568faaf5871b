/** The accounts of a club, for its admins. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client';
import { wholeList } from './lists';

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: () => wholeList(part => answerOf(api.GET('/api/v1/accounts', { params: { query: part } }))),
});
