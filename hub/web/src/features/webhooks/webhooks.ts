/** Programs of the club that are told of events. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { wholeList } from '@/api/lists';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];
export type Webhook = Schemas['Webhook'];
export type NewWebhook = Schemas['NewWebhook'];
export type Delivery = Schemas['Delivery'];
export type Event = NewWebhook['events'][number];

export const EVENTS = [
  'session.ended',
  'result.stored',
  'result.corrected',
  'alert.raised',
  'alert.escalated',
  'alert.acknowledged',
  'alert.resolved',
  'athlete.erased',
] as const satisfies readonly Event[];

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: () => wholeList(part => answerOf(api.GET('/api/v1/webhooks', { params: { query: part } }))),
});

const DELIVERIES_A_PART = 20;
/** What waits is on its way within seconds. */
const WAITING_MS = 3_000;

const of = (webhookId: string) => ({ path: { webhook_id: webhookId } });

/** What a webhook was told, the newest first; asked for anew while something waits. */
export function deliveriesQuery(webhookId: string) {
  return infiniteQueryOptions({
    queryKey: ['webhooks', webhookId, 'deliveries'],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/v1/webhooks/{webhook_id}/deliveries', {
          params: {
            ...of(webhookId),
            query: { limit: DELIVERIES_A_PART, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    refetchInterval: ({ state }) => {
      const told = state.data?.pages.flatMap(({ items }) => items) ?? [];
      return told.some(one => one.state === 'waiting') ? WAITING_MS : false;
    },
  });
}

export function addWebhook(body: NewWebhook): Promise<Schemas['MadeWebhook']> {
  return answerOf(api.POST('/api/v1/webhooks', { body }));
}

export function changeWebhook(webhookId: string, body: Schemas['WebhookChange']) {
  return answerOf(api.PATCH('/api/v1/webhooks/{webhook_id}', { params: of(webhookId), body }));
}

export function removeWebhook(webhookId: string) {
  return answerOf(api.DELETE('/api/v1/webhooks/{webhook_id}', { params: of(webhookId) }));
}

export function rotateSecret(webhookId: string): Promise<Schemas['NewSecret']> {
  return answerOf(api.POST('/api/v1/webhooks/{webhook_id}/secret', { params: of(webhookId) }));
}

export function replay(webhookId: string, deliveryId: string) {
  const params = { path: { webhook_id: webhookId, delivery_id: deliveryId } };
  return answerOf(api.POST('/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay', { params }));
}

/** The events of the API that this page knows by name. */
export function knownEvents(events: readonly string[]): Event[] {
  return EVENTS.filter(event => events.includes(event));
}
