import { useNavigate, useSearch } from '@tanstack/react-router';
import { StartPage } from '@/features/sessions/start-page';
import { useWords } from '@/words/catalogue';
import { sessionWords } from '@/words/sessions';
import { BackLink } from './back-link';

export function StartRoute() {
  const { team } = useSearch({ from: '/frame' });
  const navigate = useNavigate();
  const words = useWords(sessionWords);
  const search = team === undefined ? {} : { team };
  return (
    <StartPage
      teamId={team}
      onTeam={chosen => void navigate({ to: '.', search: { team: chosen }, replace: true })}
      onMade={({ id, state, team_id }) =>
        void (state === 'running'
          ? navigate({ to: '/', search: { team: team_id } })
          : navigate({ to: '/sessions/$sessionId', params: { sessionId: id }, search }))
      }
      back={<BackLink to="/sessions" search={search} name={words.all} />}
    />
  );
}
