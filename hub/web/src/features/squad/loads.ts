/** A team's training load by days, and who cannot train. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';
import type { AthleteLoads, Measure } from '@/formulas/loads';
import { daysUpTo, ownTimeZone } from '@/formulas/loads';

export type Absence = components['schemas']['Absence'];

export const WEEKS = [4, 10, 26, 52] as const;
export type Weeks = (typeof WEEKS)[number];

export const SQUAD_VIEWS = ['cards', 'table'] as const;
export type SquadView = (typeof SQUAD_VIEWS)[number];

/** One athlete's load, with who it is and whether they can train. */
export interface SquadRow {
  name: string;
  number: number | null;
  absence: Absence | undefined;
  loads: AthleteLoads;
}

const DAYS = 7;

/** The weeks up to today, by this device's calendar. */
export function daysOf(weeks: Weeks, today: Date): { from: string; to: string } {
  return daysUpTo(today, weeks * DAYS);
}

export function loadsQuery(teamId: string, days: { from: string; to: string }, measure: Measure) {
  const query = { ...days, measure, time_zone: ownTimeZone() };
  return queryOptions({
    queryKey: ['loads', teamId, query],
    queryFn: () =>
      answerOf(api.GET('/api/v1/teams/{team_id}/loads', { params: { path: { team_id: teamId }, query } })),
    staleTime: 60_000,
  });
}

export function absencesQuery(teamId: string, on: string) {
  return queryOptions({
    queryKey: ['absences', teamId, on],
    queryFn: async () =>
      (await answerOf(api.GET('/api/v1/absences', { params: { query: { team: teamId, on, limit: 500 } } })))
        .items,
    staleTime: 60_000,
  });
}
