import { useRouteContext, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Athlete } from '@/api/queries';
import { StaffPrivacy } from '@/features/own/staff-privacy';
import { PeoplePage } from '@/features/people/people-page';

export function PeopleRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  const { team } = useSearch({ from: '/frame' });
  const Consents = useCallback(
    (shown: { athlete: Athlete; onClose: () => void }) => <StaffPrivacy role={me.role} {...shown} />,
    [me.role],
  );
  return (
    <PeoplePage teamId={team} addsTeams={me.role === 'admin' || me.role === 'director'} Consents={Consents} />
  );
}
