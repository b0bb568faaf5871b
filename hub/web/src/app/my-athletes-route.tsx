import { useNavigate, useParams, useRouteContext, useSearch } from '@tanstack/react-router';
import { GrantedPage } from '@/features/athlete/granted-page';
import { MyAthletesPage } from '@/features/trainer/my-athletes-page';
import { useWords } from '@/words/catalogue';
import { trainerWords } from '@/words/trainer';
import { BackLink } from './back-link';

export function MyAthletesRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  return <MyAthletesPage accountId={me.id} />;
}

export function GrantedRoute() {
  const { sharedId } = useParams({ from: '/frame/my-athletes/$sharedId' });
  const search = useSearch({ from: '/frame/my-athletes/$sharedId' });
  const navigate = useNavigate({ from: '/my-athletes/$sharedId' });
  const words = useWords(trainerWords);
  return (
    <GrantedPage
      key={sharedId}
      sharedId={sharedId}
      search={search}
      onRange={range => void navigate({ search: range, replace: true })}
      back={<BackLink to="/my-athletes" search={{}} name={words.back} />}
    />
  );
}
