/** A season of paper: two teams, of which one is too small to be told of. */
import type { components } from '../src/api/schema.d.ts';
import type { StubRoute } from './stub-route.ts';
import { TEAMS } from './stub-squad.ts';

type Schemas = components['schemas'];

const DAY_MS = 86_400_000;
const GOALS = [
  [2, 1],
  [0, 0],
  [1, 3],
] as const;

export class StubSeason {
  /** As if nobody had trained. */
  isSilent = false;
  readonly asked: URL[] = [];

  routes(): StubRoute[] {
    return [
      [
        'GET',
        /^\/api\/v1\/teams\/([^/]+)\/overview$/,
        (request, id) => this.#overview(new URL(request.url), id),
      ],
      ['GET', /^\/api\/v1\/teams\/([^/]+)\/results$/, (_request, id) => results(id)],
    ];
  }

  #overview(url: URL, teamId = ''): Response {
    this.asked.push(url);
    const [from, to] = ['from', 'to'].map(name => Date.parse(url.searchParams.get(name) ?? ''));
    const count = Math.floor(((to ?? 0) - (from ?? 0)) / DAY_MS / 7) + 1;
    const isGroup = teamId === TEAMS[0]?.id;
    return Response.json({
      team_id: teamId,
      measure: 'edwards',
      time_zone: 'UTC',
      athletes: isGroup ? 18 : 4,
      absent_now: isGroup ? { injury: 2, illness: 1, other: 0 } : null,
      waiting: 0,
      weeks: Array.from({ length: count }, (_none, place) =>
        this.isSilent ? silent(from ?? 0, place) : week(from ?? 0, place, isGroup),
      ),
    } satisfies Schemas['Overview']);
  }
}

function week(from: number, place: number, isGroup: boolean): Schemas['OverviewWeek'] {
  const mean = (value: number) => ({ mean: isGroup ? value : null, of: isGroup ? 17 : 4 });
  return {
    ...silent(from, place),
    sessions: 4,
    matches: place % 2,
    there: 60 - 3 * (place % 4),
    places: isGroup ? 72 : 16 * 4,
    load: mean(380 + 40 * (place % 5)),
    coverage_percent: mean(97 - (place % 3)),
    wellness: mean(3.4 + 0.2 * (place % 3)),
    absent: isGroup ? place % 4 : null,
  };
}

function silent(from: number, place: number): Schemas['OverviewWeek'] {
  const nobody = { mean: null, of: 0 };
  return {
    first_day: new Date(from + 7 * place * DAY_MS).toISOString().slice(0, 10),
    sessions: 0,
    matches: 0,
    there: 0,
    places: 0,
    load: nobody,
    coverage_percent: nobody,
    wellness: nobody,
    absent: null,
  };
}

function results(teamId = ''): Response {
  const items =
    teamId === TEAMS[0]?.id ? GOALS.map(([ours, theirs], place) => match(ours, theirs, place)) : [];
  return Response.json({ items, next: null });
}

function scored(value: number): Schemas['Fact']['content'] {
  return { scores: [{ period: 'ft', value }] };
}

function match(ours: number, theirs: number, place: number): Schemas['TeamResult'] {
  return {
    id: 900 + place,
    kind: 'result',
    key: `league/${place}`,
    parent: `league/${place}`,
    version: 1,
    state: 'official',
    content: scored(ours),
    competitor: 'k-us',
    name: 'First team',
    club: null,
    athlete_id: null,
    file: 'league.json',
    told_by: 'League',
    told_at: '2026-11-07T20:00:00Z',
    competition_id: '00000000-0000-4000-8000-000000008001',
    competition: 'League',
    day: `2026-11-${String(7 + 7 * place).padStart(2, '0')}`,
    event: 'League',
    round: '',
    against: [{ name: 'Brackwater Rovers', content: scored(theirs) }],
  };
}
