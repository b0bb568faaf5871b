import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { TodayPage } from '@/features/own/today-page';
import { OwnNumbers } from '@/features/sessions/own-numbers';

export function TodayRoute() {
  const { athlete } = useSearch({ from: '/frame/today' });
  const { me } = useRouteContext({ from: '/frame' });
  const navigate = useNavigate({ from: '/today' });
  const [today] = useState(() => new Date());
  return (
    <TodayPage
      athleteId={athlete}
      onAthlete={chosen => void navigate({ search: before => ({ ...before, athlete: chosen }) })}
      today={today}
      answers={me.role === 'athlete'}
      Numbers={OwnNumbers}
    />
  );
}
