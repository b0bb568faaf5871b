import { QueryClient } from '@tanstack/react-query';
import { Problem } from '@/api/problem';

/** A refusal stays one however often it is asked; a hub that is away may be back after a moment. */
const RETRIES_WHEN_UNREACHABLE = 2;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // "online" says nothing about a hub on the local network; paused queries show neither data nor error
        networkMode: 'always',
        retry: (failures, error) => !(error instanceof Problem) && failures < RETRIES_WHEN_UNREACHABLE,
        refetchOnWindowFocus: false,
      },
    },
  });
}
