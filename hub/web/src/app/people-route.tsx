import { useRouteContext, useSearch } from '@tanstack/react-router';
import { PeoplePage } from '@/features/people/people-page';

export function PeopleRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  const { team } = useSearch({ from: '/frame' });
  return <PeoplePage teamId={team} addsTeams={me.role === 'admin' || me.role === 'director'} />;
}
