import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { meQuery } from '@/api/queries';
import { SignInPage } from '@/features/sign-in/sign-in-page';

export function SignInRoute() {
  const queryClient = useQueryClient();
  const router = useRouter();
  const { next, ended } = useSearch({ from: '/sign-in' });
  return (
    <SignInPage
      sessionEnded={ended === true}
      onSignedIn={me => {
        queryClient.setQueryData(meQuery.queryKey, me);
        router.history.push(next ?? '/');
      }}
    />
  );
}
