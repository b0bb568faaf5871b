import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Me } from '@/api/queries';
import { meQuery } from '@/api/queries';
import { ProviderPage } from '@/features/sign-in/provider-page';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';

export function ProviderRoute() {
  const words = useWords(signInWords);
  const queryClient = useQueryClient();
  const router = useRouter();
  const navigate = useNavigate();
  const { provider } = useParams({ from: '/sign-in/$provider' });
  const { code, state, iss } = useSearch({ from: '/sign-in/$provider' });
  const enter = useCallback(
    (me: Me) => {
      queryClient.setQueryData(meQuery.queryKey, me);
      router.history.replace('/'); // the code in this address is used up
    },
    [queryClient, router],
  );
  return (
    <ProviderPage
      answer={code === undefined || state === undefined ? null : { provider, code, state, iss: iss ?? null }}
      onSignedIn={enter}
      onBack={() => void navigate({ to: '/sign-in' })}
      back={
        <Link to="/sign-in" className="font-medium text-accent underline">
          {words.toSignIn}
        </Link>
      }
    />
  );
}
