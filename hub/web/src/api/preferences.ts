/** What somebody chose for herself or himself: kept at the hub, so that it is the same on each device. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from './client';
import type { components } from './schema';

export type Preferences = components['schemas']['Preferences'];

export const UNCHOSEN = {
  language: null,
  theme: null,
  units: 'metric',
  temperature: 'celsius',
  week_start: 'monday',
  first_steps_done: false,
} as const satisfies Preferences;

export const preferencesQuery = queryOptions({
  queryKey: ['preferences'],
  queryFn: () => answerOf(api.GET('/api/v1/me/preferences')),
  staleTime: 5 * 60_000,
});

/** A choice counts on this device at once; when the hub does not take it, what the hub has is read anew. */
export function useChoose() {
  const queryClient = useQueryClient();
  return useMutation({
    networkMode: 'always',
    mutationFn: async (part: Partial<Preferences>) => {
      const before = await queryClient.ensureQueryData(preferencesQuery);
      const body = { ...before, ...part };
      queryClient.setQueryData(preferencesQuery.queryKey, body);
      return answerOf(api.PUT('/api/v1/me/preferences', { body }));
    },
    onError: () => queryClient.invalidateQueries({ queryKey: preferencesQuery.queryKey }),
  });
}
