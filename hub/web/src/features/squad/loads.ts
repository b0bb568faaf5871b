/** A team's training load by days, and who cannot train. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Loads = components['schemas']['Loads'];
export type AthleteLoads = components['schemas']['AthleteLoads'];
export type Absence = components['schemas']['Absence'];
export type Measure = Loads['measure'];

export const MEASURES = ['edwards', 'banister', 'lucia', 'session_rpe'] as const satisfies readonly Measure[];
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

/** The days up to today, by this device's calendar. */
export function daysOf(weeks: Weeks, today: Date): { from: string; to: string } {
  const first = new Date(today.getFullYear(), today.getMonth(), today.getDate() - weeks * DAYS + 1);
  return { from: isoDay(first), to: isoDay(today) };
}

const two = (part: number) => String(part).padStart(2, '0');

function isoDay(day: Date): string {
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

export function loadsQuery(teamId: string, days: { from: string; to: string }, measure: Measure) {
  const query = { ...days, measure, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
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

/** One output of what a formula says of the last day; null where it has no number. */
export function resultOf(loads: AthleteLoads, formula: string, output: string): number | null {
  const value = loads.results.find(one => one.formula === formula)?.values[output];
  return typeof value === 'number' ? value : null;
}

/** Days with a session whose load is not known. */
export function unknownDays(loads: AthleteLoads): number {
  return loads.load.filter(load => load === null).length;
}
