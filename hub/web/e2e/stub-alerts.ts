/** Alarms of paper: a rule that has spoken up, and a preview that would have three times. */
import { randomUUID } from 'node:crypto';
import type { components } from '../src/api/schema.d.ts';
import type { StubRoute } from './stub-route.ts';
import { problem } from './stub-problem.ts';
import { SQUAD, TEAMS } from './stub-squad.ts';

type Schemas = components['schemas'];

const TEAM = TEAMS[0]?.id ?? '';
const FIELDS: Schemas['RuleFields'] = {
  name: 'Near the maximum',
  conditions: [{ metric: 'heart_rate', check: 'above', limit: 95, of: 'hr_max' }],
  hold_s: 60,
  reset_s: 300,
  times: 1,
  scope: 'one',
  share: 0.5,
  colour: 'red',
  athlete_ids: [],
  tasks: [],
  phases: [],
  in_play: false,
  escalate_after_s: null,
};

export class StubAlerts {
  rules: Schemas['Rule'][] = [
    {
      id: randomUUID(),
      team_id: TEAM,
      what: 'body',
      enabled: true,
      rule: FIELDS,
      made_at: '2026-11-01T09:00:00Z',
    },
  ];
  alerts: Schemas['Alert'][] = [];
  letters: Schemas['Letters'] = {
    told: 'never',
    resolved: false,
    quiet_from: null,
    quiet_to: null,
    time_zone: 'UTC',
  };
  readonly mutes: Schemas['NewMute'][] = [];

  routes(): StubRoute[] {
    return [
      ['GET', /^\/api\/v1\/alert-rules$/, () => Response.json({ items: this.rules, next: null })],
      ['GET', /^\/api\/v1\/alert-rules\/catalogue$/, () => Response.json(catalogue())],
      ['GET', /^\/api\/v1\/alert-rules\/([^/]+)\/letters$/, () => Response.json(this.letters)],
      ['PUT', /^\/api\/v1\/alert-rules\/([^/]+)\/letters$/, request => this.#lettersSet(request)],
      ['GET', /^\/api\/v1\/metrics$/, () => Response.json({ items: METRICS, next: null })],
      ['GET', /^\/api\/v1\/alerts$/, request => this.#alerts(new URL(request.url))],
      ['POST', /^\/api\/v1\/alert-rules$/, request => this.#added(request)],
      ['POST', /^\/api\/v1\/alert-rules\/preview$/, () => Response.json(preview())],
      ['PATCH', /^\/api\/v1\/alert-rules\/([^/]+)$/, (request, id) => this.#changed(request, id)],
      ['POST', /^\/api\/v1\/alert-rules\/([^/]+)\/mutes$/, request => this.#muted(request)],
      ['POST', /^\/api\/v1\/alerts\/([^/]+)\/acknowledgement$/, (_request, id) => this.#seen(id)],
    ];
  }

  /** The first rule speaks up about an athlete. */
  raise(number: number): Schemas['Alert'] {
    const athlete = SQUAD[number - 1];
    const now = new Date().toISOString();
    const alert: Schemas['Alert'] = {
      id: randomUUID(),
      rule_id: this.rules[0]?.id ?? '',
      team_id: TEAM,
      athlete_id: athlete?.id ?? null,
      gateway: null,
      what: 'body',
      colour: 'red',
      text: `${FIELDS.name}: ${athlete?.name ?? ''}, heart_rate above for 60 s`,
      at: now,
      since: now,
      raised_at: now,
      late: false,
      muted: false,
      escalated_at: null,
      acknowledged_by: null,
      acknowledged_at: null,
      note: null,
      state: 'raised',
      over_at: null,
      resolved_at: null,
    };
    this.alerts.unshift(alert);
    return alert;
  }

  #alerts(url: URL): Response {
    const open = url.searchParams.get('open') === 'true';
    return Response.json({
      items: this.alerts.filter(({ acknowledged_at: seen }) => !open || seen === null),
      next: null,
    });
  }

  async #added(request: Request): Promise<Response> {
    const { team_id, ...fields } = (await request.json()) as Schemas['NewRule'];
    const rule: Schemas['Rule'] = {
      id: randomUUID(),
      team_id,
      what: 'body',
      enabled: true,
      rule: fields,
      made_at: new Date().toISOString(),
    };
    this.rules.push(rule);
    return Response.json(rule, { status: 201 });
  }

  async #changed(request: Request, id: string | undefined): Promise<Response> {
    const rule = this.rules.find(one => one.id === id);
    if (rule === undefined) return problem(404, 'not-found', 'There is no such alert.', 'Check the address.');
    const { rule: fields, enabled } = (await request.json()) as Schemas['RuleChange'];
    if (fields) rule.rule = fields;
    if (typeof enabled === 'boolean') rule.enabled = enabled;
    return Response.json(rule);
  }

  async #muted(request: Request): Promise<Response> {
    const mute = (await request.json()) as Schemas['NewMute'];
    this.mutes.push(mute);
    const told = { id: randomUUID(), rule_id: this.rules[0]?.id, athlete_id: null, ...mute };
    return Response.json(told, { status: 201 });
  }

  async #lettersSet(request: Request): Promise<Response> {
    this.letters = (await request.json()) as Schemas['Letters'];
    return Response.json(this.letters);
  }

  #seen(id: string | undefined): Response {
    const alert = this.alerts.find(one => one.id === id);
    if (alert === undefined)
      return problem(404, 'not-found', 'There is no such alert.', 'Check the address.');
    alert.acknowledged_at = new Date().toISOString();
    return Response.json(alert);
  }
}

const METRICS: Schemas['MetricInfo'][] = [
  {
    name: 'heart_rate',
    unit: '/min',
    low: 20,
    high: 250,
    interval_ms: 1000,
    late_after_ms: 3000,
    lost_after_ms: 10_000,
  },
];

function catalogue(): Schemas['Catalogue'] {
  const sentence = 'A heart has beaten above 95 % of the athlete’s own highest rate for a minute.';
  return { quantities: [], templates: [{ sentence, what: 'body', rule: FIELDS }] };
}

function preview(): Schemas['PreviewAnswer'] {
  const fired = SQUAD.slice(0, 3).map(({ id }, index) => ({
    athlete_id: id,
    at: `2026-11-30T18:1${index}:00Z`,
    since: `2026-11-30T18:1${index}:00Z`,
    value: 180 + index,
  }));
  return { count: 3, watched: 17, unwatched: [SQUAD[17]?.id ?? ''], fired };
}
