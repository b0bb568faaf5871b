import { QueryCache, QueryClient } from '@tanstack/react-query';
import { HubUnreachable, Problem } from '@/api/problem';
import type { AskedQuery } from './last-state';

/** A refusal stays one however often it is asked; a hub that is away may be back after a moment. */
const RETRIES_WHEN_UNREACHABLE = 2;

/** Comes after the first answer: the first paint does not wait for it. */
export const lastState = () => import('./last-state');

export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onSettled: (_data, error, query) => void remember(client, error, query),
    }),
    defaultOptions: {
      queries: {
        // "online" says nothing about a hub on the local network; paused queries show neither data nor error
        networkMode: 'always',
        retry: (failures, error) => !(error instanceof Problem) && failures < RETRIES_WHEN_UNREACHABLE,
        refetchOnWindowFocus: false,
      },
    },
  });
  return client;
}

async function remember(client: QueryClient, error: unknown, query: AskedQuery): Promise<void> {
  // where this part of the app cannot be loaded, nothing is kept
  const loaded = await lastState().catch(() => undefined);
  if (error instanceof HubUnreachable) await loaded?.onSilence(query);
  else loaded?.onAnswer(client, query, error);
}
