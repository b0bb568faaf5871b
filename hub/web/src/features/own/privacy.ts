/** What is asked of the hub about consents, looks, grants and copies. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { ConsentText } from '@/api/consents';
import type { components } from '@/api/schema';

export type Consent = components['schemas']['Consent'];
export type Entry = components['schemas']['Entry'];
export type Grant = components['schemas']['Grant'];
export type Export = components['schemas']['Export'];

/** More than a club has texts, or an athlete consents, grants and copies. */
const ALL = 500;
const LOOKS_A_PAGE = 50;

const of = (athleteId: string) => ({ path: { athlete_id: athleteId }, query: { limit: ALL } });

export function consentsQuery(athleteId: string) {
  return queryOptions({
    queryKey: ['consents', athleteId],
    queryFn: async () =>
      (await answerOf(api.GET('/api/v1/athletes/{athlete_id}/consents', { params: of(athleteId) }))).items,
  });
}

export function grantsQuery(athleteId: string) {
  return queryOptions({
    queryKey: ['grants', athleteId],
    queryFn: async () =>
      (await answerOf(api.GET('/api/v1/athletes/{athlete_id}/grants', { params: of(athleteId) }))).items,
  });
}

export function looksQuery(athleteId: string) {
  return infiniteQueryOptions({
    queryKey: ['audit', athleteId],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/v1/athletes/{athlete_id}/audit', {
          params: {
            path: { athlete_id: athleteId },
            query: { limit: LOOKS_A_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  });
}

const WAIT_MS = 2_000;
const isMaking = ({ state }: Export) => state === 'waiting' || state === 'running';

/** One's copies of everything of an athlete; asked for often while one is being made. */
export function copiesQuery(athleteId: string) {
  return queryOptions({
    queryKey: ['copies', athleteId],
    queryFn: async () =>
      (await answerOf(api.GET('/api/v1/exports', { params: { query: { limit: ALL } } }))).items.filter(
        one => one.form === 'everything' && one.athlete_ids.includes(athleteId),
      ),
    refetchInterval: ({ state }) => (state.data?.some(isMaking) === true ? WAIT_MS : false),
  });
}

/** A consent asked for or given, by purpose: its newest text, and the newest consent to it. */
export interface Purpose {
  purpose: string;
  text: ConsentText | undefined;
  consent: Consent | undefined;
}

/** Texts come with the newest first, consents in time: the last one that began decides. */
export function purposesOf(texts: readonly ConsentText[], consents: readonly Consent[]): Purpose[] {
  // without consent to monitoring nothing is measured: it is always among them
  const names = new Set(['monitoring', ...[...texts, ...consents].map(({ purpose }) => purpose)]);
  return [...names].toSorted().map(purpose => ({
    purpose,
    text: texts.find(one => one.purpose === purpose),
    consent: consents.findLast(one => one.purpose === purpose),
  }));
}

/** Whether something that ends at a time, or never, holds now. */
export function holds(end: string | null): boolean {
  return end === null || Date.parse(end) > Date.now();
}

export function giveConsent(athleteId: string, body: components['schemas']['NewConsent']) {
  const params = { path: { athlete_id: athleteId } };
  return answerOf(api.POST('/api/v1/athletes/{athlete_id}/consents', { params, body }));
}

export function withdrawConsent(athleteId: string, consentId: string) {
  const params = { path: { athlete_id: athleteId, consent_id: consentId } };
  return answerOf(api.PATCH('/api/v1/athletes/{athlete_id}/consents/{consent_id}', { params, body: {} }));
}

export function revokeGrant(athleteId: string, grantId: string) {
  const params = { path: { athlete_id: athleteId, grant_id: grantId } };
  return answerOf(api.PATCH('/api/v1/athletes/{athlete_id}/grants/{grant_id}', { params, body: {} }));
}

export function giveGrant(said: { athleteId: string; grant: components['schemas']['NewGrant'] }) {
  const params = { path: { athlete_id: said.athleteId } };
  return answerOf(api.POST('/api/v1/athletes/{athlete_id}/grants', { params, body: said.grant }));
}

export function guardiansQuery(athleteId: string) {
  const params = { path: { athlete_id: athleteId } };
  return queryOptions({
    queryKey: ['guardians', athleteId],
    queryFn: () => answerOf(api.GET('/api/v1/athletes/{athlete_id}/guardians', { params })),
  });
}

export function removeGuardian(athleteId: string, accountId: string) {
  const params = { path: { athlete_id: athleteId, account_id: accountId } };
  return answerOf(api.DELETE('/api/v1/athletes/{athlete_id}/guardians/{account_id}', { params }));
}

export function askCopy(athleteId: string) {
  return answerOf(
    api.POST('/api/v1/athletes/{athlete_id}/copy', { params: { path: { athlete_id: athleteId } } }),
  );
}
