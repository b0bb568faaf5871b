import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { WeekPage } from '@/features/sessions/week-page';
import { isWeek, weekOf } from '@/features/sessions/sessions';
import { trains } from './places';

export function WeekRoute() {
  const { team, week } = useSearch({ from: '/frame/sessions' });
  const { me } = useRouteContext({ from: '/frame' });
  const navigate = useNavigate({ from: '/sessions' });
  const [thisWeek] = useState(() => weekOf(new Date()));
  return (
    <WeekPage
      week={isWeek(week) ? week : thisWeek}
      thisWeek={thisWeek}
      teamId={team}
      trains={trains(me.role)}
      onWeek={chosen => void navigate({ search: before => ({ ...before, week: chosen }), replace: true })}
    />
  );
}
