import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouteContext } from '@tanstack/react-router';
import { meQuery } from '@/api/queries';
import { AccountPage } from '@/features/account/account-page';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { BackLink } from './back-link';

export function AccountRoute() {
  const words = useWords(accountWords);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { me: known } = useRouteContext({ from: '/account' });
  const { data: me = known } = useQuery(meQuery);
  const leave = () => {
    queryClient.clear();
    void navigate({ to: '/sign-in' });
  };
  return (
    <div className="flex h-dvh flex-col bg-page">
      <AccountPage me={me} onSignedOut={leave} back={<BackLink to="/" name={words.toApp} />} />
    </div>
  );
}
