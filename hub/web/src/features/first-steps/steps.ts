/** What leads from an empty club to the first heartbeat, and how far a club has come. */
import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { wholeList } from '@/api/lists';
import { athletesQuery, teamsQuery } from '@/api/queries';
import type { components } from '@/api/schema';
import { useTally } from '@/live/use-live';

type Schemas = components['schemas'];

export const STEPS = ['team', 'roster', 'gateway', 'straps', 'consent', 'session', 'heartbeat'] as const;
export type Step = (typeof STEPS)[number];

/** How often it is asked whether something outside has happened: a gateway came, a strap is heard. */
const LOOK_MS = 3_000;
const DAY_MS = 86_400_000;
/** A club that has trained this month is no beginner. */
const RECENT_DAYS = 30;

export const gatewaysQuery = queryOptions({
  queryKey: ['gateways', 'all'],
  queryFn: () => wholeList(part => answerOf(api.GET('/api/v1/gateways', { params: { query: part } }))),
  refetchInterval: LOOK_MS,
});

/** Who wears what now. */
export const wornQuery = queryOptions({
  queryKey: ['assignments', 'all'],
  queryFn: async () =>
    (await wholeList(part => answerOf(api.GET('/api/v1/assignments', { params: { query: part } })))).filter(
      ({ to }) => to === null,
    ),
});

const sessionsQuery = queryOptions({
  queryKey: ['sessions', 'first'],
  queryFn: async () => {
    const now = Date.now();
    const query = {
      from: new Date(now - RECENT_DAYS * DAY_MS).toISOString(),
      to: new Date(now + DAY_MS).toISOString(),
      limit: 100,
    };
    return (await answerOf(api.GET('/api/v1/sessions', { params: { query } }))).items;
  },
  refetchInterval: LOOK_MS,
});

/** Who of these athletes may be measured. */
function monitoredQuery(athleteId: string) {
  const params = { path: { athlete_id: athleteId }, query: { limit: 500 } };
  return queryOptions({
    queryKey: ['consents', athleteId],
    queryFn: async () =>
      (await answerOf(api.GET('/api/v1/athletes/{athlete_id}/consents', { params }))).items,
  });
}

/** What is done; undefined until all of it is known. */
export function useDone(): Record<Step, boolean> | undefined {
  const teams = useQuery(teamsQuery).data;
  const athletes = useQuery(athletesQuery(undefined)).data;
  const gateways = useQuery(gatewaysQuery).data;
  const worn = useQuery(wornQuery).data;
  const sessions = useQuery(sessionsQuery).data;
  const unconsenting = useUnconsenting();
  const { live } = useTally();
  if (!teams || !athletes || !gateways || !worn || !sessions || !unconsenting) return undefined;
  return {
    team: teams.length > 0,
    roster: athletes.length > 0,
    gateway: gateways.some(({ heard_at: heardAt }) => heardAt !== null),
    straps: worn.length > 0,
    consent: worn.length > 0 && unconsenting.length === 0,
    session: sessions.some(({ started_at: startedAt }) => startedAt !== null),
    heartbeat: live > 0,
  };
}

/** Who wears a strap and has not agreed to be measured; undefined until that is known. */
export function useUnconsenting(): string[] | undefined {
  const worn = useQuery(wornQuery).data;
  const wearers = [...new Set(worn?.map(({ athlete_id: athleteId }) => athleteId))];
  const consents = useQueries({ queries: wearers.map(monitoredQuery) });
  if (worn === undefined || consents.some(({ data }) => data === undefined)) return undefined;
  return wearers.filter((_athlete, index) => !consents[index]?.data?.some(isMonitored));
}

function isMonitored({ purpose, to }: Schemas['Consent']): boolean {
  return purpose === 'monitoring' && (to === null || Date.parse(to) > Date.now());
}

export function addTeam(name: string) {
  return answerOf(api.POST('/api/v1/teams', { body: { name } }));
}

export function makeCode(site: string) {
  return answerOf(api.POST('/api/v1/enrolment-codes', { body: { site, gateway: null } }));
}

interface Given {
  suggestion: Schemas['Suggestion'];
  label: string;
  athleteId: string;
}

/** Registers a strap that is heard, where it is new, and gives it to an athlete. */
export async function giveStrap({ suggestion, label, athleteId }: Given) {
  const { address, kind } = suggestion;
  const sensorId =
    suggestion.sensor_id ??
    (await answerOf(api.POST('/api/v1/sensors', { body: { address, kind, label } }))).id;
  const body = { sensor_id: sensorId, athlete_id: athleteId, take_over: false };
  return answerOf(api.POST('/api/v1/assignments', { body }));
}

/** Consents that were signed on paper, one after the other: those before a refusal stay recorded. */
export async function recordPaper(said: { athleteIds: readonly string[]; version: string }) {
  for (const athleteId of said.athleteIds) {
    const params = { path: { athlete_id: athleteId } };
    const body = { purpose: 'monitoring', version: said.version };
    // oxlint-disable-next-line no-await-in-loop -- each is an act of its own, and a refusal ends them
    await answerOf(api.POST('/api/v1/athletes/{athlete_id}/consents', { params, body }));
  }
}
