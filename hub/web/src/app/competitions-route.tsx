import { useNavigate, useParams, useRouteContext, useSearch } from '@tanstack/react-router';
import { CompetitionPage } from '@/features/competitions/competition-page';
import { CompetitionsPage } from '@/features/competitions/competitions-page';
import { OwnResultsPage } from '@/features/competitions/own-results-page';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { BackLink } from './back-link';
import { isMeasured, matches, scores, trains } from './places';

/** All competitions for the staff; for whoever is measured, the own results. */
export function CompetitionsRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  const navigate = useNavigate();
  if (isMeasured(me.role)) return <OwnResultsPage />;
  return (
    <CompetitionsPage
      scores={scores(me.role)}
      onOpen={competitionId =>
        void navigate({ to: '/competitions/$competitionId', params: { competitionId } })
      }
    />
  );
}

export function CompetitionRoute() {
  const { competitionId } = useParams({ from: '/frame/competitions/$competitionId' });
  const { me } = useRouteContext({ from: '/frame' });
  const { team } = useSearch({ from: '/frame' });
  const words = useWords(competitionWords);
  return (
    <CompetitionPage
      key={competitionId}
      competitionId={competitionId}
      rights={{
        scores: scores(me.role),
        matches: matches(me.role),
        compares: trains(me.role) || isMeasured(me.role),
      }}
      back={<BackLink to="/competitions" search={team === undefined ? {} : { team }} name={words.all} />}
    />
  );
}
