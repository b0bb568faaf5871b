/** What planning and starting a session asks of the hub and tells it. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api, taggedAnswerOf } from '@/api/client';
import type { Tagged } from '@/api/client';
import type { components } from '@/api/schema';
import type { Session } from '@/api/sessions';

type Schemas = components['schemas'];
export type Template = Schemas['Template'];
export type Absence = Schemas['Absence'];
export type NewSession = Schemas['NewSession'];
export type SessionChange = Schemas['SessionChange'];
export type Kind = Session['kind'];

/** More than a team keeps of anything: one page holds them. */
const PAGE = 500;

export function templatesQuery(teamId: string) {
  const query = { team: teamId, limit: PAGE };
  return queryOptions({
    queryKey: ['templates', teamId],
    queryFn: async () => (await answerOf(api.GET('/api/v1/templates', { params: { query } }))).items,
  });
}

/** Who cannot train on a day (YYYY-MM-DD), or not fully. */
export function absencesQuery(teamId: string, on: string) {
  const query = { team: teamId, on, limit: PAGE };
  return queryOptions({
    queryKey: ['absences', teamId, on],
    queryFn: async () => (await answerOf(api.GET('/api/v1/absences', { params: { query } }))).items,
  });
}

/** `key` names the change: sent twice, it is made once. */
export function planSession(key: string, body: NewSession): Promise<Session> {
  return answerOf(api.POST('/api/v1/sessions', { params: { header: { 'Idempotency-Key': key } }, body }));
}

export function startSession(sessionId: string): Promise<Session> {
  const path = { session_id: sessionId };
  return answerOf(api.POST('/api/v1/sessions/{session_id}/start', { params: { path }, body: {} }));
}

export function changeSession(before: Tagged<Session>, change: SessionChange): Promise<Tagged<Session>> {
  const params = { path: { session_id: before.id }, header: { 'If-Match': before.edition } };
  return taggedAnswerOf(api.PATCH('/api/v1/sessions/{session_id}', { params, body: change }));
}

export function copyWeek(body: Schemas['WeekCopy']): Promise<Schemas['Sessions']> {
  return answerOf(api.POST('/api/v1/sessions/copies', { body }));
}

export function giveStrap(sensorId: number, athleteId: string): Promise<Schemas['Assignment']> {
  return answerOf(
    api.POST('/api/v1/assignments', {
      body: { sensor_id: sensorId, athlete_id: athleteId, take_over: false },
    }),
  );
}
