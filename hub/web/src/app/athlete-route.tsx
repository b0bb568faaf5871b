import { Link, useNavigate, useParams, useRouteContext, useSearch } from '@tanstack/react-router';
import { AthletePage } from '@/features/athlete/athlete-page';
import { SwapButton } from '@/features/straps/swap-button';
import { useWords } from '@/words/catalogue';
import { athleteWords } from '@/words/athlete';
import { compareWords } from '@/words/compare';
import { BackLink } from './back-link';
import { trains } from './places';

export function AthleteRoute() {
  const { athleteId } = useParams({ from: '/frame/athletes/$athleteId' });
  const { me } = useRouteContext({ from: '/frame' });
  const search = useSearch({ from: '/frame/athletes/$athleteId' });
  const navigate = useNavigate({ from: '/athletes/$athleteId' });
  const words = useWords(athleteWords);
  const compare = useWords(compareWords);
  const team = search.team === undefined ? {} : { team: search.team };
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <AthletePage
        key={athleteId}
        athleteId={athleteId}
        search={search}
        onRange={range => void navigate({ search: { ...team, ...range }, replace: true })}
        actions={
          trains(me.role) && (
            <>
              <SwapButton athleteId={athleteId} />
              <Link
                to="/compare"
                search={{ ...team, athletes: athleteId }}
                className="inline-flex min-h-11 items-center rounded-lg border border-line-strong bg-surface px-4 font-medium"
              >
                {compare.open}
              </Link>
            </>
          )
        }
        back={<BackLink to="/" search={team} name={words.back} />}
      />
    </div>
  );
}
