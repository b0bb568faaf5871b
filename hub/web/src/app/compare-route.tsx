import { useNavigate, useSearch } from '@tanstack/react-router';
import { ComparePage } from '@/features/athlete/compare-page';
import { useWords } from '@/words/catalogue';
import { compareWords } from '@/words/compare';
import { BackLink } from './back-link';

export function CompareRoute() {
  const { athletes, team, ...range } = useSearch({ from: '/frame/compare' });
  const navigate = useNavigate({ from: '/compare' });
  const words = useWords(compareWords);
  const ofTeam = team === undefined ? {} : { team };
  const chosen = athletes?.split(',') ?? [];
  return (
    <ComparePage
      teamId={team}
      chosen={chosen}
      search={range}
      onChosen={ids =>
        void navigate({
          search: before => ({ ...before, athletes: ids.join(',') || undefined }),
          replace: true,
        })
      }
      onRange={asked => void navigate({ search: { ...ofTeam, athletes, ...asked }, replace: true })}
      back={<BackLink to="/" search={ofTeam} name={words.back} />}
    />
  );
}
