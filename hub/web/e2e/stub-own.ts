/** What an athlete said and agreed to, on paper: forms, ratings, consents, who looked, copies. */
import { randomUUID } from 'node:crypto';
import type { components } from '../src/api/schema.d.ts';
import type { StubRoute } from './stub-route.ts';
import { stubSeries } from './stub-chart.ts';
import { CLUB, SQUAD } from './stub-squad.ts';

type Schemas = components['schemas'];

const DAY_MS = 86_400_000;
const OF = '/api/v1/athletes/([^/]+)';
const COACH_ACCOUNT = '00000000-0000-4000-8000-000000009200';
const TEXT: Schemas['ConsentText'] = {
  purpose: 'monitoring',
  version: '2026-1',
  texts: { en: 'The club may measure my heart rate in training.' },
  older_end_at: null,
  published_at: '2026-01-10T09:00:00Z',
};
/** One week of load: a day of rest, and one whose load is not known. */
const WEEK_LOADS = [60, 0, 85, 40, null, 110, 30];

export class StubOwn {
  readonly forms: Schemas['Wellness'][] = [];
  readonly consents: Schemas['Consent'][] = [
    {
      id: randomUUID(),
      purpose: 'monitoring',
      version: '2026-1',
      from: '2026-01-12T18:00:00Z',
      to: null,
      given_by: 'athlete',
    },
  ];
  readonly copies: Schemas['Export'][] = [];
  grants: Schemas['Grant'][] = [];
  /** What athletes of elsewhere gave a trainer. */
  shared: Schemas['Shared'][] = [granted(0, ['heart_rate']), granted(1, ['battery_level'])];
  readonly texts: Schemas['ConsentText'][] = [TEXT];
  readonly #ratings: readonly Schemas['Rating'][];

  /** The ratings are the day's: athletes and coaches rate the same sessions. */
  constructor(ratings: readonly Schemas['Rating'][]) {
    this.#ratings = ratings;
  }

  routes(): StubRoute[] {
    return [
      ['GET', path(`${OF}/wellness`), () => page(this.forms.toReversed())],
      ['POST', path(`${OF}/wellness`), (request, id) => this.#said(request, id)],
      ['GET', path(`${OF}/ratings`), () => page(this.#ratings.toReversed())],
      ['GET', path(`${OF}/loads`), (request, id = '') => loads(new URL(request.url), [id])],
      [
        'GET',
        path('/api/v1/teams/([^/]+)/loads'),
        request =>
          loads(
            new URL(request.url),
            SQUAD.map(({ id }) => id),
          ),
      ],
      ['GET', path('/api/v1/consent-texts'), () => page(this.texts)],
      ['POST', path('/api/v1/consent-texts'), request => this.#published(request)],
      ['GET', path(`${OF}/consents`), () => page(this.consents)],
      ['POST', path(`${OF}/consents`), request => this.#agreed(request)],
      ['PATCH', path(`${OF}/consents/([^/]+)`), (_request, _athlete, id) => this.#withdrawn(id)],
      ['GET', path(`${OF}/grants`), () => page(this.grants)],
      ['POST', path(`${OF}/grants`), (request, id) => this.#granted(request, id)],
      ['PATCH', path(`${OF}/grants/([^/]+)`), (_request, _athlete, id) => this.#revoked(id)],
      ['GET', path(`${OF}/guardians`), () => Response.json({ items: [] })],
      ['GET', path('/api/v1/shared'), () => page(this.shared)],
      ['GET', path('/api/v1/shared/([^/]+)/samples'), request => sharedSamples(new URL(request.url))],
      ['GET', path(`${OF}/audit`), () => page([look('get_samples'), look('get_athlete')])],
      ['GET', path('/api/v1/exports'), () => page(this.copies)],
      ['POST', path(`${OF}/copy`), (_request, id) => this.#copied(id)],
    ];
  }

  async #said(request: Request, athleteId = ''): Promise<Response> {
    const form = (await request.json()) as Schemas['NewWellness'];
    const none = { sleep_h: null, sleep: null, fatigue: null, soreness: null, stress: null, mood: null };
    const said = {
      ...none,
      ...form,
      id: randomUUID(),
      athlete_id: athleteId,
      said_at: new Date().toISOString(),
    };
    this.forms.push(said);
    return Response.json(said, { status: 201 });
  }

  async #published(request: Request): Promise<Response> {
    const said = (await request.json()) as Schemas['NewConsentText'];
    const text = { older_end_at: null, ...said, published_at: new Date().toISOString() };
    this.texts.unshift(text);
    return Response.json(text, { status: 201 });
  }

  async #agreed(request: Request): Promise<Response> {
    const { purpose, version } = (await request.json()) as Schemas['NewConsent'];
    const from = new Date().toISOString();
    const consent = {
      id: randomUUID(),
      purpose,
      version,
      from,
      to: null,
      given_by: 'athlete' as const,
    };
    this.consents.push(consent);
    return Response.json(consent, { status: 201 });
  }

  #withdrawn(id = ''): Response {
    const consent = this.consents.find(one => one.id === id);
    if (consent !== undefined) consent.to = new Date().toISOString();
    return Response.json(consent);
  }

  async #granted(request: Request, athleteId = ''): Promise<Response> {
    const said = (await request.json()) as Schemas['NewGrant'];
    const now = new Date().toISOString();
    const grant: Schemas['Grant'] = {
      id: randomUUID(),
      athlete_id: athleteId,
      metrics: said.metrics,
      from: said.from ?? now,
      to: said.to ?? null,
      ends_at: said.ends_at ?? null,
      club_id: said.club_id ?? CLUB.id,
      club: 'Another club',
      account_id: said.account_id ?? null,
      trainer: said.account_id ? 'Nuno Faria' : null,
      given_by: 'athlete',
      given_at: now,
    };
    this.grants.unshift(grant);
    return Response.json(grant, { status: 201 });
  }

  #revoked(id = ''): Response {
    const grant = this.grants.find(one => one.id === id);
    if (grant !== undefined) grant.ends_at = new Date().toISOString();
    return Response.json(grant);
  }

  #copied(athleteId = ''): Response {
    const now = Date.now();
    const copy: Schemas['Export'] = {
      id: randomUUID(),
      form: 'everything',
      from: new Date(now - 300 * DAY_MS).toISOString(),
      to: new Date(now).toISOString(),
      athlete_ids: [athleteId],
      state: 'done',
      done: 300,
      total: 300,
      size: 12_400_000,
      error: null,
      asked_by: COACH_ACCOUNT,
      asked_at: new Date(now).toISOString(),
      expires_at: new Date(now + DAY_MS).toISOString(),
    };
    this.copies.push(copy);
    return Response.json(copy, { status: 202 });
  }
}

function granted(place: number, metrics: string[]): Schemas['Shared'] {
  const athlete = SQUAD[place];
  return {
    id: `00000000-0000-4000-8000-00000000600${place}`,
    athlete_id: athlete?.id ?? '',
    athlete: athlete?.name ?? '',
    club: 'Clube da Foz',
    metrics,
    from: '2026-01-10T00:00:00Z',
    to: null,
    ends_at: place === 0 ? null : '2030-06-30T00:00:00Z',
  };
}

function sharedSamples(url: URL): Response {
  const [athlete] = SQUAD;
  const asked = (name: string) => url.searchParams.get(name) ?? '';
  const [from, to, metric] = [asked('from'), asked('to'), asked('metric')];
  const series = athlete
    ? [stubSeries(athlete, metric, Date.parse(from), Date.parse(to), Number(asked('pixels')) || 1000)]
    : [];
  return Response.json({ athlete_id: athlete?.id ?? '', from, to, series } satisfies Schemas['Chart']);
}

function look(act: string): Schemas['Entry'] {
  return {
    at: '2026-03-02T19:04:00Z',
    account_id: COACH_ACCOUNT,
    name: 'Marta Duarte',
    role: 'coach',
    club: CLUB.name,
    act,
    things: '',
  };
}

/** Everybody's load of the same weeks. */
function loads(url: URL, athleteIds: readonly string[]): Response {
  const [from, to] = ['from', 'to'].map(name => Date.parse(url.searchParams.get(name) ?? ''));
  const count = Math.round(((to ?? 0) - (from ?? 0)) / DAY_MS) + 1;
  const days = Array.from({ length: count }, (_none, day) =>
    new Date((from ?? 0) + day * DAY_MS).toISOString().slice(0, 10),
  );
  return Response.json({
    measure: 'edwards',
    time_zone: 'UTC',
    days,
    athletes: athleteIds.map(athleteId => ({
      athlete_id: athleteId,
      load: days.map((_day, index) => WEEK_LOADS[index % WEEK_LOADS.length] ?? null),
      chronic: days.map(() => 48),
      acute: days.map((_day, index) => 40 + (index % WEEK_LOADS.length)),
      results: [
        result('fitness_fatigue', { acute: 43, chronic: 48, balance: 5 }),
        result('acute_chronic_ratio', { ratio: 0.9, acute: 325, chronic: 361 }),
        result('monotony', { monotony: null, strain: null }),
      ],
      waiting: 0,
    })),
  } satisfies Schemas['Loads']);
}

function result(formula: string, values: Record<string, number | null>): Schemas['LoadResult'] {
  return {
    formula,
    version: 1,
    variant: 'daily',
    values,
    units: {},
    coverage_percent: 85.7,
    reason: null,
    settings: { acute_days: 7 },
  };
}

function path(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function page(items: readonly unknown[]): Response {
  return Response.json({ items, next: null });
}
