/** Gateways as the hub knows them, and what is asked of them. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Gateway = components['schemas']['Gateway'];
export type GatewaySensor = components['schemas']['GatewaySensor'];
export type Order = components['schemas']['Order'];
export type GatewaySettings = components['schemas']['GatewaySettings'];
export type Tables = components['schemas']['Tables'];
export type Wearer = components['schemas']['Wearer'];

/** A gateway beats every 10 s. */
const BEAT_MS = 10_000;
/** Where somebody waits for an answer of a gateway. */
const ANSWER_MS = 3_000;
const DAY_MS = 24 * 3_600_000;

/** All gateways of the club: one page holds them. */
export const gatewaysQuery = queryOptions({
  queryKey: ['gateways'],
  queryFn: async () =>
    (await answerOf(api.GET('/api/v1/gateways', { params: { query: { limit: 500 } } }))).items,
  refetchInterval: BEAT_MS,
});

export function gatewayQuery(name: string) {
  return queryOptions({
    queryKey: ['gateways', name],
    queryFn: () => answerOf(api.GET('/api/v1/gateways/{name}', { params: { path: { name } } })),
    refetchInterval: BEAT_MS,
  });
}

/** Who wears which sensor now: number and initials. */
export const wearersQuery = queryOptions({
  queryKey: ['sensors', 'wearers'],
  queryFn: async () => (await answerOf(api.GET('/api/v1/sensors/wearers'))).items,
  refetchInterval: BEAT_MS,
});

export function ordersQuery(name: string) {
  return queryOptions({
    queryKey: ['gateways', name, 'orders'],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/api/v1/gateways/{name}/orders', { params: { path: { name }, query: { limit: 10 } } }),
        )
      ).items,
    refetchInterval: query =>
      query.state.data?.some(({ state }) => state === 'waiting') === true ? ANSWER_MS : BEAT_MS,
  });
}

export function settingsQuery(name: string) {
  return queryOptions({
    queryKey: ['gateways', name, 'settings'],
    queryFn: () => answerOf(api.GET('/api/v1/gateways/{name}/settings', { params: { path: { name } } })),
    refetchInterval: query => (query.state.data?.change?.state === 'waiting' ? ANSWER_MS : BEAT_MS),
  });
}

/** What of the last 24 hours has arrived. */
export function dayQuery(name: string) {
  return queryOptions({
    queryKey: ['gateways', name, 'day'],
    queryFn: () => {
      const now = Date.now();
      const query = { from: new Date(now - DAY_MS).toISOString(), to: new Date(now).toISOString() };
      return answerOf(api.GET('/api/v1/gateways/{name}/completeness', { params: { path: { name }, query } }));
    },
    refetchInterval: 60_000,
  });
}

export const versionsQuery = queryOptions({
  queryKey: ['gateway-versions'],
  queryFn: () => answerOf(api.GET('/api/v1/gateway-versions')),
  refetchInterval: 60_000,
});

export function wantVersion(version: string, percent: number) {
  return answerOf(api.PUT('/api/v1/gateway-versions', { body: { version, percent } }));
}

export function makeCode(site: string, gateway: string) {
  return answerOf(
    api.POST('/api/v1/enrolment-codes', { body: { site, gateway: gateway === '' ? null : gateway } }),
  );
}

export function giveOrder(name: string, act: Order['act']) {
  return answerOf(
    api.POST('/api/v1/gateways/{name}/orders', { params: { path: { name } }, body: { act, lasts_s: 600 } }),
  );
}

export function moveGateway(name: string, site: string) {
  return answerOf(api.PATCH('/api/v1/gateways/{name}', { params: { path: { name } }, body: { site } }));
}

export function revokeGateway(name: string) {
  return answerOf(api.DELETE('/api/v1/gateways/{name}/enrolment', { params: { path: { name } } }));
}

export function changeSettings(name: string, basedOn: number, tables: Tables) {
  return answerOf(
    api.PUT('/api/v1/gateways/{name}/settings', {
      params: { path: { name } },
      body: { based_on: basedOn, tables },
    }),
  );
}
