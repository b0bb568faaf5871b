import type { QueryKey } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';

/** A change after which something is read anew. It is not queued: what it means is said at once, or refused. */
export function useAct<About, Answer>(act: (about: About) => Promise<Answer>, readAnew: QueryKey) {
  const queryClient = useQueryClient();
  return useMutation({
    networkMode: 'always',
    mutationFn: act,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: readAnew }),
  });
}
