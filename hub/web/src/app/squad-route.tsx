import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { SQUAD_VIEWS, WEEKS } from '@/features/squad/loads';
import { SquadPage } from '@/features/squad/squad-page';
import { measureOf } from '@/formulas/loads';

export function SquadRoute() {
  const { team, weeks, measure, view } = useSearch({ from: '/frame/squad' });
  const navigate = useNavigate({ from: '/squad' });
  const [today] = useState(() => new Date());
  return (
    <SquadPage
      teamId={team}
      today={today}
      choice={{
        weeks: WEEKS.find(one => one === weeks) ?? 10,
        measure: measureOf(measure),
        view: SQUAD_VIEWS.find(one => one === view) ?? 'cards',
      }}
      onChoice={choice => void navigate({ search: before => ({ ...before, ...choice }), replace: true })}
      onTeam={chosen => void navigate({ search: before => ({ ...before, team: chosen }) })}
    />
  );
}
