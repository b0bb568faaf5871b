import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Loaded } from '@/components/ui/loaded';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { seasonWords } from '@/words/season';
import { matchesOf, placesOf, resultsQuery } from './season';

interface TeamResultsProps {
  teamId: string;
  days: { from: string; to: string };
}

/** What a team reached beside what it trained: its matches, and the places of its athletes. */
export function TeamResults({ teamId, days }: TeamResultsProps) {
  const words = useWords(seasonWords);
  const { day } = useFormats();
  const results = useQuery(resultsQuery(teamId, days));
  return (
    <section aria-label={words.results} className="flex flex-col gap-1">
      <h3 className="font-semibold">{words.results}</h3>
      <Loaded query={results} what={words.what.results}>
        {told => {
          const matches = matchesOf(told);
          const { firsts, podium, all } = placesOf(told);
          const count = (outcome: 'won' | 'drawn' | 'lost') =>
            matches.filter(match => match.outcome === outcome).length;
          if (matches.length + all === 0) return <p className="text-ink-soft">{words.noResults}</p>;
          return (
            <>
              {matches.length > 0 && (
                <p className="font-medium">{words.record(count('won'), count('drawn'), count('lost'))}</p>
              )}
              {all > 0 && <p className="font-medium">{words.places(firsts, podium, all)}</p>}
              <ul className="grid gap-x-6 sm:grid-cols-2">
                {matches.map(match => (
                  <li key={match.id} className="flex flex-wrap items-baseline gap-x-2">
                    <Link
                      to="/competitions/$competitionId"
                      params={{ competitionId: match.competitionId }}
                      className="inline-flex min-h-11 items-center gap-2 underline decoration-line-strong underline-offset-4"
                    >
                      <b className="tabular-nums">
                        {match.ours}:{match.theirs}
                      </b>
                      {words.outcome[match.outcome]} {words.against(match.opponent)}
                    </Link>
                    <span className="text-sm text-ink-soft">
                      {match.day !== null && day(`${match.day}T12:00`)}
                    </span>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
