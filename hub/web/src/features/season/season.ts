/** A team over a season, told of as a group, with what it reached. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { isoDay } from '@/api/days';
import { wholeList } from '@/api/lists';
import type { components } from '@/api/schema';
import type { Measure } from '@/formulas/loads';
import { ownTimeZone } from '@/formulas/loads';

export type Overview = components['schemas']['Overview'];
export type OverviewWeek = components['schemas']['OverviewWeek'];
export type TeamResult = components['schemas']['TeamResult'];

export const SEASON_WEEKS = [10, 26, 52] as const;
export type SeasonWeeks = (typeof SEASON_WEEKS)[number];

const DAYS = 7;

/** So many whole weeks up to today: from a Monday on. */
export function weeksUpTo(today: Date, weeks: SeasonWeeks): { from: string; to: string } {
  const sinceMonday = (today.getDay() + 6) % DAYS;
  const first = new Date(
    today.getFullYear(),
    today.getMonth(),
    today.getDate() - sinceMonday - (weeks - 1) * DAYS,
  );
  return { from: isoDay(first), to: isoDay(today) };
}

export function overviewQuery(teamId: string, days: { from: string; to: string }, measure: Measure) {
  const query = { ...days, measure, time_zone: ownTimeZone() };
  return queryOptions({
    queryKey: ['overview', teamId, query],
    queryFn: () =>
      answerOf(api.GET('/api/v1/teams/{team_id}/overview', { params: { path: { team_id: teamId }, query } })),
    staleTime: 60_000,
  });
}

export function resultsQuery(teamId: string, days: { from: string; to: string }) {
  return queryOptions({
    queryKey: ['results', 'team', teamId, days],
    queryFn: () =>
      wholeList(part =>
        answerOf(
          api.GET('/api/v1/teams/{team_id}/results', {
            params: { path: { team_id: teamId }, query: { ...days, ...part } },
          }),
        ),
      ),
    staleTime: 60_000,
  });
}

/** What the weeks are shown by: small multiples on one axis of weeks. */
export const TOLD = ['attendance', 'load', 'wellness', 'coverage', 'absent'] as const;
export type Told = (typeof TOLD)[number];

/** The value of a week; null where nothing is told. */
export function valueOf(week: OverviewWeek, told: Told): number | null {
  if (told === 'attendance') return week.places === 0 ? null : (100 * week.there) / week.places;
  if (told === 'absent') return week.absent;
  return week[told === 'coverage' ? 'coverage_percent' : told].mean;
}

/** The top of each scale; null: as high as the highest week. */
export const TOP: Readonly<Record<Told, number | null>> = {
  attendance: 100,
  load: null,
  wellness: 5,
  coverage: 100,
  absent: null,
};

export interface Match {
  id: number;
  day: string | null;
  competition: string;
  competitionId: string;
  opponent: string;
  ours: number;
  theirs: number;
  outcome: 'won' | 'drawn' | 'lost';
}

interface Scored {
  period?: unknown;
  value?: unknown;
}

/** The goals of a side at the end of full time, else of the last period told. */
function goalsOf(content: TeamResult['content']): number | null {
  const scores: Scored[] = Array.isArray(content['scores']) ? content['scores'] : [];
  const last = scores.find(({ period }) => period === 'ft') ?? scores.at(-1);
  return typeof last?.value === 'number' ? last.value : null;
}

/** The team's matches that stand, the newest first. */
export function matchesOf(results: readonly TeamResult[]): Match[] {
  return results
    .flatMap(result => {
      const [other] = result.against;
      const [ours, theirs] = [goalsOf(result.content), goalsOf(other?.content ?? {})];
      if (result.state === 'withdrawn' || ours === null || theirs === null) return [];
      return [
        {
          id: result.id,
          day: result.day,
          competition: result.competition,
          competitionId: result.competition_id,
          opponent: other?.name ?? '…',
          ours,
          theirs,
          outcome: ours > theirs ? ('won' as const) : ours < theirs ? ('lost' as const) : ('drawn' as const),
        },
      ];
    })
    .toSorted((one, other) => (other.day ?? '').localeCompare(one.day ?? ''));
}

/** How often own athletes came first, second and third, and how many results stand; matches of the team do not count. */
export function placesOf(results: readonly TeamResult[]): { firsts: number; podium: number; all: number } {
  const own = results.filter(one => one.athlete_id !== null && one.state !== 'withdrawn');
  const ranks = own.map(one => one.content['rank']);
  const upTo = (last: number) => ranks.filter(rank => typeof rank === 'number' && rank <= last).length;
  return { firsts: upTo(1), podium: upTo(3), all: own.length };
}
