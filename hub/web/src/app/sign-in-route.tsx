import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { meQuery } from '@/api/queries';
import { SignInPage } from '@/features/sign-in/sign-in-page';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';
import { landingOf } from './places';

export function SignInRoute() {
  const words = useWords(signInWords);
  const queryClient = useQueryClient();
  const router = useRouter();
  const { next, ended } = useSearch({ from: '/sign-in' });
  return (
    <SignInPage
      sessionEnded={ended === true}
      forgotten={
        <Link to="/forgotten" className="mt-4 block text-center font-medium text-accent underline">
          {words.forgotten}
        </Link>
      }
      onSignedIn={me => {
        queryClient.setQueryData(meQuery.queryKey, me);
        router.history.push(next ?? landingOf(me.role));
      }}
    />
  );
}
