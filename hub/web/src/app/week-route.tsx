import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { WeekPage } from '@/features/sessions/week-page';
import { weekAround, weekOf } from '@/features/sessions/sessions';
import { usePreferences } from '@/units/units';
import { trains } from './places';

export function WeekRoute() {
  const { team, week } = useSearch({ from: '/frame/sessions' });
  const { me } = useRouteContext({ from: '/frame' });
  const navigate = useNavigate({ from: '/sessions' });
  const { week_start: start } = usePreferences();
  const [now] = useState(() => new Date());
  const thisWeek = weekOf(now, start);
  return (
    <WeekPage
      week={weekAround(week, start) ?? thisWeek}
      thisWeek={thisWeek}
      teamId={team}
      trains={trains(me.role)}
      onWeek={chosen => void navigate({ search: before => ({ ...before, week: chosen }), replace: true })}
    />
  );
}
