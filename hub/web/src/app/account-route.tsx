import { useQuery } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { meQuery } from '@/api/queries';
import { AccountPage } from '@/features/account/account-page';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { BackLink } from './back-link';
import { useLeave } from './use-leave';

export function AccountRoute() {
  const words = useWords(accountWords);
  const { me: known } = useRouteContext({ from: '/account' });
  const { data: me = known } = useQuery(meQuery);
  const leave = useLeave();
  return (
    <div className="flex h-dvh flex-col bg-page">
      <AccountPage me={me} onSignedOut={() => leave(false)} back={<BackLink to="/" name={words.toApp} />} />
    </div>
  );
}
