import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { teamsQuery } from '@/api/queries';
import { AlarmsPage } from '@/features/alerts/alarms-page';

export function AlarmsRoute() {
  const { team } = useSearch({ from: '/frame' });
  const { data: teams = [] } = useQuery(teamsQuery);
  // who has one team need not choose it
  const only = teams.length === 1 ? teams[0]?.id : undefined;
  const teamId = team ?? only;
  return <AlarmsPage key={teamId} teamId={teamId} />;
}
