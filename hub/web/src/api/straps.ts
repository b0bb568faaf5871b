/** Straps that might be given to somebody. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client';
import type { components } from './schema';

export type Suggestion = components['schemas']['Suggestion'];

/** Straps that are heard now and that nobody wears; asked again while somebody looks at them. */
export const freeStrapsQuery = queryOptions({
  queryKey: ['assignments', 'suggestions'],
  queryFn: async () => (await answerOf(api.GET('/api/v1/assignments/suggestions'))).items,
  refetchInterval: 5_000,
});
