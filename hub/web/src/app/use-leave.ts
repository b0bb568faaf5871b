import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import { lastState } from './query-client';

/** What somebody tapped or answered and the hub has not heard yet. */
function forgetWaiting(): void {
  void import('@/features/running/use-taps').then(({ forgetTaps }) => forgetTaps());
  void import('@/features/own/use-answers').then(({ forgetAnswers }) => forgetAnswers());
}

/** Forgets everything of this person, then shows the sign-in. */
export function useLeave(): (ended: boolean) => void {
  const queryClient = useQueryClient();
  const router = useRouter();
  return useCallback(
    (ended: boolean) => {
      queryClient.clear();
      void lastState().then(({ forgetLastState }) => forgetLastState());
      // a session that ended by itself goes on after the next sign-in, and so does what still waits
      if (!ended) forgetWaiting();
      const next = ended ? { ended: true, next: router.state.location.href } : {};
      void router.navigate({ to: '/sign-in', search: next });
    },
    [queryClient, router],
  );
}
