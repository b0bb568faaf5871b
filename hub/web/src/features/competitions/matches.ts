/** The matches of a day, and those before it that it is compared with. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { wholeList } from '@/api/lists';
import type { SessionEntry } from '@/api/sessions';

/** How far back a match is still of the same form: a third of a year. */
const BACK_DAYS = 120;
/** Beside more, a table does not fit a tablet. */
const MOST_EARLIER = 4;

function midnight(day: string, later = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later);
}

/** The matches that have ended, from a third of a year before these days to their end, as this device's calendar has them. */
export function matchesQuery(firstDay: string, lastDay: string) {
  const borders = {
    from: midnight(firstDay, -BACK_DAYS).toISOString(),
    to: midnight(lastDay, 1).toISOString(),
  };
  return queryOptions({
    queryKey: ['sessions', 'matches', borders],
    queryFn: async () => {
      const found = await wholeList(part =>
        answerOf(api.GET('/api/v1/sessions', { params: { query: { ...borders, ...part } } })),
      );
      return found.filter(one => one.kind === 'match' && one.state === 'ended');
    },
    staleTime: 60_000,
  });
}

/** For each match from this day on, itself and those of its team before it, the newest first. */
export function beside(
  matches: readonly SessionEntry[],
  firstDay: string,
): (readonly [SessionEntry, ...SessionEntry[]])[] {
  const newestFirst = matches.toSorted((one, other) => begunAt(other) - begunAt(one));
  return newestFirst
    .filter(match => begunAt(match) >= midnight(firstDay).getTime())
    .map(match => [
      match,
      ...newestFirst
        .filter(other => other.team_id === match.team_id && begunAt(other) < begunAt(match))
        .slice(0, MOST_EARLIER),
    ]);
}

function begunAt(match: SessionEntry): number {
  return Date.parse(match.started_at ?? match.planned_from);
}
