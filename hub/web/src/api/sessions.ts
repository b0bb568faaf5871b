/** A session and what happened in it, as more than one feature asks for them. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api, taggedAnswerOf } from './client';
import type { components } from './schema';

export type Session = components['schemas']['Session'];
export type SessionEntry = components['schemas']['SessionEntry'];
export type Timeline = components['schemas']['Timeline'];
export type PlayState = components['schemas']['Play']['state'];

export function sessionQuery(sessionId: string) {
  return queryOptions({
    queryKey: ['sessions', sessionId],
    queryFn: () =>
      taggedAnswerOf(
        api.GET('/api/v1/sessions/{session_id}', { params: { path: { session_id: sessionId } } }),
      ),
  });
}

/** Phases, markers and who was in play; others tap too, so it is asked for again. */
export function timelineQuery(sessionId: string) {
  return queryOptions({
    queryKey: ['sessions', sessionId, 'timeline'],
    queryFn: () =>
      answerOf(
        api.GET('/api/v1/sessions/{session_id}/timeline', { params: { path: { session_id: sessionId } } }),
      ),
    refetchInterval: 10_000,
  });
}

/** The numbers of a session that has ended; asked anew, since data may come late. */
export function summaryQuery(sessionId: string) {
  return queryOptions({
    queryKey: ['sessions', sessionId, 'summary'],
    queryFn: () =>
      answerOf(
        api.GET('/api/v1/sessions/{session_id}/summary', { params: { path: { session_id: sessionId } } }),
      ),
    refetchInterval: 60_000,
  });
}
