/** Rules of alarms, what they said, and what is told the hub of it. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';
import type { SessionEntry } from '@/api/sessions';

type Schemas = components['schemas'];
export type Rule = Schemas['Rule'];
export type RuleFields = Schemas['RuleFields'];
export type Condition = Schemas['Condition'];
export type Alert = Schemas['Alert'];
export type Letters = Schemas['Letters'];
export type Preview = Schemas['RulePreview'];

/** More rules than a team can keep in mind: one page holds them. */
const PAGE = 500;
const MUTE_MS = 15 * 60_000;

export function rulesQuery(teamId: string) {
  const query = { team: teamId, limit: PAGE };
  return queryOptions({
    queryKey: ['alert-rules', teamId],
    queryFn: async () => (await answerOf(api.GET('/api/v1/alert-rules', { params: { query } }))).items,
  });
}

export const catalogueQuery = queryOptions({
  queryKey: ['alert-rules', 'catalogue'],
  queryFn: () => answerOf(api.GET('/api/v1/alert-rules/catalogue')),
  staleTime: Infinity,
});

export const metricsQuery = queryOptions({
  queryKey: ['metrics'],
  queryFn: async () => (await answerOf(api.GET('/api/v1/metrics'))).items,
  staleTime: Infinity,
});

/** What rules said, newest first; `open`: only what nobody has acknowledged. */
export function alertsQuery(teamId: string | undefined, open: boolean) {
  const query = { open, limit: PAGE, ...(teamId === undefined ? {} : { team: teamId }) };
  return queryOptions({
    queryKey: ['alerts', teamId ?? null, open],
    queryFn: async () => (await answerOf(api.GET('/api/v1/alerts', { params: { query } }))).items,
    refetchInterval: 30_000,
  });
}

/** Sessions of the last two weeks that have ended: what a rule is tried on. The newest first. */
export function pastSessionsQuery(teamId: string) {
  return queryOptions({
    queryKey: ['sessions', 'past', teamId],
    queryFn: async (): Promise<SessionEntry[]> => {
      const now = Date.now();
      const query = {
        team: teamId,
        from: new Date(now - 14 * 24 * 3_600_000).toISOString(),
        to: new Date(now).toISOString(),
        limit: PAGE,
      };
      const { items } = await answerOf(api.GET('/api/v1/sessions', { params: { query } }));
      return items.filter(({ state }) => state === 'ended').toReversed();
    },
  });
}

export function previewRule(body: Preview): Promise<Schemas['PreviewAnswer']> {
  return answerOf(api.POST('/api/v1/alert-rules/preview', { body }));
}

export function addRule(teamId: string, rule: RuleFields): Promise<Rule> {
  return answerOf(api.POST('/api/v1/alert-rules', { body: { ...rule, team_id: teamId } }));
}

export function changeRule(ruleId: string, body: Schemas['RuleChange']): Promise<Rule> {
  const path = { rule_id: ruleId };
  return answerOf(api.PATCH('/api/v1/alert-rules/{rule_id}', { params: { path }, body }));
}

export function removeRule(ruleId: string): Promise<unknown> {
  const path = { rule_id: ruleId };
  return answerOf(api.DELETE('/api/v1/alert-rules/{rule_id}', { params: { path } }));
}

/** Which letters this person gets of what a rule says. */
export function lettersQuery(ruleId: string) {
  const path = { rule_id: ruleId };
  return queryOptions({
    queryKey: ['alert-rules', 'letters', ruleId],
    queryFn: () => answerOf(api.GET('/api/v1/alert-rules/{rule_id}/letters', { params: { path } })),
  });
}

export function setLetters(ruleId: string, body: Letters): Promise<Letters> {
  const path = { rule_id: ruleId };
  return answerOf(api.PUT('/api/v1/alert-rules/{rule_id}/letters', { params: { path }, body }));
}

export function acknowledge(alert: Alert): Promise<unknown> {
  const path = { alert_id: alert.id };
  return answerOf(api.POST('/api/v1/alerts/{alert_id}/acknowledgement', { params: { path }, body: {} }));
}

/** Not told for a while, of this athlete or of whatever it is about; and seen, since somebody has decided so. */
export async function muteAlert(alert: Alert): Promise<unknown> {
  const body = { until: new Date(Date.now() + MUTE_MS).toISOString(), athlete_id: alert.athlete_id };
  const path = { rule_id: alert.rule_id };
  await answerOf(api.POST('/api/v1/alert-rules/{rule_id}/mutes', { params: { path }, body }));
  return acknowledge(alert);
}

export const NEW_RULE: RuleFields = {
  name: '',
  conditions: [{ metric: 'heart_rate', check: 'above', limit: 90, of: 'hr_max' }],
  hold_s: 30,
  reset_s: 300,
  times: 1,
  scope: 'one',
  share: 0.5,
  colour: 'orange',
  athlete_ids: [],
  tasks: [],
  phases: [],
  in_play: false,
  escalate_after_s: null,
};
