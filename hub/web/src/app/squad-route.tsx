import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { SquadPage } from '@/features/squad/squad-page';

export function SquadRoute() {
  const { team, weeks, measure, view } = useSearch({ from: '/frame/squad' });
  const navigate = useNavigate({ from: '/squad' });
  const [today] = useState(() => new Date());
  return (
    <SquadPage
      teamId={team}
      today={today}
      choice={{ weeks: weeks ?? 10, measure: measure ?? 'edwards', view: view ?? 'cards' }}
      onChoice={choice => void navigate({ search: before => ({ ...before, ...choice }), replace: true })}
      onTeam={chosen => void navigate({ search: before => ({ ...before, team: chosen }) })}
    />
  );
}
