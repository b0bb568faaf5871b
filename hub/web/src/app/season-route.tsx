import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { SEASON_WEEKS } from '@/features/season/season';
import { SeasonPage } from '@/features/season/season-page';
import { measureOf } from '@/formulas/loads';

export function SeasonRoute() {
  const { team, span, measure } = useSearch({ from: '/frame/season' });
  const navigate = useNavigate({ from: '/season' });
  const [today] = useState(() => new Date());
  return (
    <SeasonPage
      teamId={team}
      today={today}
      choice={{
        weeks: SEASON_WEEKS.find(weeks => weeks === span) ?? 10,
        measure: measureOf(measure),
      }}
      onChoice={choice =>
        void navigate({
          search: before => ({ ...before, span: choice.weeks, measure: choice.measure }),
          replace: true,
        })
      }
    />
  );
}
