/** Who is behind the sign-in. */
import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { HubUnreachable, isSignedOut } from '@/api/problem';
import type { Me } from '@/api/queries';
import { meQuery } from '@/api/queries';
import { lastState } from './query-client';

/** Whoever is signed in; nobody is led to the sign-in, and back afterwards. Without the hub: who was, on this device. */
export async function knownPerson(asked: {
  context: { queryClient: QueryClient };
  location: { href: string };
}): Promise<{ me: Me }> {
  const { queryClient } = asked.context;
  try {
    return { me: await queryClient.ensureQueryData(meQuery) };
  } catch (error) {
    if (isSignedOut(error)) throw redirect({ to: '/sign-in', search: nextOf(asked.location.href) });
    const me = error instanceof HubUnreachable ? await lastPerson(queryClient) : undefined;
    if (me !== undefined) return { me };
    throw error;
  }
}

async function lastPerson(queryClient: QueryClient): Promise<Me | undefined> {
  const asked = queryClient.getQueryCache().find({ queryKey: meQuery.queryKey });
  // this part of the app may be missing as well: then the hub's absence is what is told
  if (asked !== undefined)
    await lastState().then(
      ({ onSilence }) => onSilence(asked),
      () => undefined,
    );
  return queryClient.getQueryData(meQuery.queryKey);
}

function nextOf(href: string): { next?: string } {
  return href === '/' ? {} : { next: href };
}
