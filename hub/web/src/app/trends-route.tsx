import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { TrendsPage } from '@/features/own/trends-page';

export function TrendsRoute() {
  const { athlete, days, measure } = useSearch({ from: '/frame/trends' });
  const navigate = useNavigate({ from: '/trends' });
  const [today] = useState(() => new Date());
  return (
    <TrendsPage
      athleteId={athlete}
      onAthlete={chosen => void navigate({ search: before => ({ ...before, athlete: chosen }) })}
      today={today}
      choice={{ days: days ?? 28, measure: measure ?? 'edwards' }}
      onChoice={choice => void navigate({ search: before => ({ ...before, ...choice }), replace: true })}
    />
  );
}
