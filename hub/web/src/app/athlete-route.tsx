import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { BackIcon } from '@/components/ui/icons';
import { AthletePage } from '@/features/athlete/athlete-page';

export function AthleteRoute() {
  const { athleteId } = useParams({ from: '/frame/athletes/$athleteId' });
  const search = useSearch({ from: '/frame/athletes/$athleteId' });
  const navigate = useNavigate({ from: '/athletes/$athleteId' });
  const team = search.team === undefined ? {} : { team: search.team };
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <AthletePage
        key={athleteId}
        athleteId={athleteId}
        search={search}
        onRange={range => void navigate({ search: { ...team, ...range }, replace: true })}
        back={
          <Link
            to="/"
            search={team}
            className="inline-flex min-h-11 min-w-11 items-center justify-center rounded-lg border border-line-strong bg-surface"
            aria-label="Back to the live wall"
          >
            <BackIcon />
          </Link>
        }
      />
    </div>
  );
}
