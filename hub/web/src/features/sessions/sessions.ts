/** Sessions, their numbers, and the weeks they lie in. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { isoDay } from '@/api/days';
import type { components } from '@/api/schema';
import type { SessionEntry } from '@/api/sessions';

export type SessionSummary = components['schemas']['SessionSummary'];

/** The day on which a week begins, as YYYY-MM-DD; local. */
export type Week = string;

const DAYS = 7;

/** Days of the week as JavaScript counts them. */
const BEGINS = { sunday: 0, monday: 1, saturday: 6 } as const;
export type WeekStart = keyof typeof BEGINS;

export function weekOf(when: Date, start: WeekStart = 'monday'): Week {
  const since = (when.getDay() - BEGINS[start] + DAYS) % DAYS;
  return isoDay(new Date(when.getFullYear(), when.getMonth(), when.getDate() - since));
}

/** The week some weeks later. */
export function weekAfter(week: Week, weeks: number): Week {
  return isoDay(dayOf(week, weeks * DAYS));
}

/** Midnight of the day so many days after the week's first; local, so that a change of the clock moves nothing. */
export function dayOf(week: Week, days: number): Date {
  const [year = 0, month = 1, day = 1] = week.split('-').map(Number);
  return new Date(year, month - 1, day + days);
}

/** The week in which a day of the address lies, whichever day that is: who sent the link may begin weeks on another. */
export function weekAround(value: unknown, start: WeekStart): Week | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return undefined;
  const day = dayOf(value, 0);
  return isoDay(day) === value ? weekOf(day, start) : undefined;
}

/** A week has some dozens of sessions, of all teams of a large club: one page holds them. */
export function weekQuery(week: Week, teamId: string | undefined) {
  const query = {
    from: dayOf(week, 0).toISOString(),
    to: dayOf(week, DAYS).toISOString(),
    limit: 500,
    ...(teamId === undefined ? {} : { team: teamId }),
  };
  return queryOptions({
    queryKey: ['sessions', 'week', week, teamId ?? null],
    queryFn: async () => (await answerOf(api.GET('/api/v1/sessions', { params: { query } }))).items,
    refetchInterval: 30_000,
  });
}

/** The day of a session, by which the calendar groups it: when it began, or is to begin. */
export function beginsAt(session: Pick<SessionEntry, 'started_at' | 'planned_from'>): Date {
  return new Date(session.started_at ?? session.planned_from);
}

export function minutesOf(session: Pick<SessionEntry, 'started_at' | 'ended_at'>): number | null {
  if (session.started_at === null || session.ended_at === null) return null;
  return Math.round((Date.parse(session.ended_at) - Date.parse(session.started_at)) / 60_000);
}
