import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { SPANS_DAYS } from '@/features/own/own';
import { TrendsPage } from '@/features/own/trends-page';
import { measureOf } from '@/formulas/loads';

export function TrendsRoute() {
  const { athlete, days, measure } = useSearch({ from: '/frame/trends' });
  const navigate = useNavigate({ from: '/trends' });
  const [today] = useState(() => new Date());
  return (
    <TrendsPage
      athleteId={athlete}
      onAthlete={chosen => void navigate({ search: before => ({ ...before, athlete: chosen }) })}
      today={today}
      choice={{ days: SPANS_DAYS.find(one => one === days) ?? 28, measure: measureOf(measure) }}
      onChoice={choice => void navigate({ search: before => ({ ...before, ...choice }), replace: true })}
    />
  );
}
