import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { PrivacyPage } from '@/features/own/privacy-page';

export function PrivacyRoute() {
  const { athlete } = useSearch({ from: '/frame/privacy' });
  const { me } = useRouteContext({ from: '/frame' });
  const navigate = useNavigate({ from: '/privacy' });
  return (
    <PrivacyPage
      athleteId={athlete}
      onAthlete={chosen => void navigate({ search: before => ({ ...before, athlete: chosen }) })}
      accountId={me.id}
    />
  );
}
