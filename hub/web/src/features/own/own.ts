/** What is asked of the hub about one's own sessions, answers and load. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';
import type { SessionEntry } from '@/api/sessions';
import type { Measure } from '@/formulas/loads';
import { daysUpTo, ownTimeZone } from '@/formulas/loads';

export type Wellness = components['schemas']['Wellness'];
export type NewWellness = components['schemas']['NewWellness'];

export const QUESTIONS = ['sleep', 'fatigue', 'soreness', 'stress', 'mood'] as const;
export type Question = (typeof QUESTIONS)[number];
export const FEELINGS = [1, 2, 3, 4, 5] as const;

/** Borg's CR-10 in whole steps: enough for a thumb; the API takes the steps between, too. */
export const RATINGS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

export const SPANS_DAYS = [7, 28, 84] as const;
export type SpanDays = (typeof SPANS_DAYS)[number];

/** How far Today looks back and ahead. */
const NEAR_DAYS = 14;

/** The sessions of a team around today. A team has some dozens in four weeks: one page holds them. */
export function nearSessionsQuery(teamId: string, today: Date) {
  const dayAt = (days: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days).toISOString();
  const query = { team: teamId, from: dayAt(-NEAR_DAYS), to: dayAt(NEAR_DAYS + 1), limit: 500 };
  return queryOptions({
    queryKey: ['sessions', 'near', query],
    queryFn: async () => (await answerOf(api.GET('/api/v1/sessions', { params: { query } }))).items,
    refetchInterval: 60_000,
  });
}

export interface NearSessions {
  running: SessionEntry | undefined;
  next: SessionEntry | undefined;
  last: SessionEntry | undefined;
}

const begins = (session: SessionEntry) => Date.parse(session.started_at ?? session.planned_from);
const ends = (session: SessionEntry) =>
  session.planned_to === null ? begins(session) : Date.parse(session.planned_to);

/** Which session runs, comes next, and ended last. One that was planned and never begun is not next any more. */
export function nearSessions(sessions: readonly SessionEntry[], nowMs: number): NearSessions {
  const inTime = sessions.toSorted((one, other) => begins(one) - begins(other));
  return {
    running: inTime.findLast(({ state }) => state === 'running'),
    next: inTime.find(session => session.state === 'planned' && ends(session) >= nowMs),
    last: inTime.findLast(({ state }) => state === 'ended'),
  };
}

export function wellnessQuery(athleteId: string) {
  return queryOptions({
    queryKey: ['wellness', athleteId],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/api/v1/athletes/{athlete_id}/wellness', {
            params: { path: { athlete_id: athleteId }, query: { limit: 1 } },
          }),
        )
      ).items,
  });
}

/** The newest ratings: far more than Today's sessions. */
export function ratingsQuery(athleteId: string) {
  return queryOptions({
    queryKey: ['ratings', athleteId],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/api/v1/athletes/{athlete_id}/ratings', {
            params: { path: { athlete_id: athleteId }, query: { limit: 100 } },
          }),
        )
      ).items,
  });
}

export function ownLoadsQuery(athleteId: string, days: SpanDays, measure: Measure, today: Date) {
  const query = { ...daysUpTo(today, days), measure, time_zone: ownTimeZone() };
  return queryOptions({
    queryKey: ['loads', 'of', athleteId, query],
    queryFn: () =>
      answerOf(
        api.GET('/api/v1/athletes/{athlete_id}/loads', {
          params: { path: { athlete_id: athleteId }, query },
        }),
      ),
    staleTime: 60_000,
  });
}
