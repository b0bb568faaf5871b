/** A coach's day of paper: sessions that are planned, begun, edited and ended, with all that happens in them. */
import { createHash, randomUUID } from 'node:crypto';
import type { components } from '../src/api/schema.d.ts';
import type { StubRoute } from './stub-route.ts';
import { problem } from './stub-problem.ts';
import { stubSessions } from './stub-sessions.ts';
import { SQUAD, TEAMS } from './stub-squad.ts';

type Schemas = components['schemas'];
type Session = Schemas['Session'];

const PLAN: Schemas['PlannedPhase'][] = [
  { name: 'Warm-up', minutes: 15, group: null },
  { name: 'Main part', minutes: 45, group: null },
  { name: 'Cool-down', minutes: 10, group: null },
];
const ID = '([^/]+)';
const SESSION = `/api/v1/sessions/${ID}`;

export class StubDay {
  readonly sessions: Session[];
  readonly timelines = new Map<string, Schemas['Timeline']>();
  /** What was sent, in order: tests look at the times of taps. */
  readonly taps: { path: string; at: string }[] = [];
  readonly ratings: Schemas['Rating'][] = [];
  readonly templates: Schemas['Template'][];
  readonly absences: Schemas['Absence'][];
  suggestions: Schemas['Suggestion'][];
  /** When the numbers were computed last; soon after the end when not said. */
  computedMs: number | undefined;
  readonly swaps: Schemas['Swap'][] = [];
  /** Straps given out. */
  readonly given: { sensor: number; athlete: string }[] = [];

  constructor(nowMs = Date.now()) {
    const roster = SQUAD.filter(({ team_id }) => team_id === TEAMS[0]?.id);
    this.sessions = stubSessions(nowMs).map(entry => ({
      ...entry,
      live_data: true,
      notes: null,
      plan: PLAN,
      roster: roster.map(({ id }) => ({ athlete_id: id, group: null })),
    }));
    this.templates = [
      { id: randomUUID(), team_id: TEAMS[0]?.id ?? '', kind: 'training', name: 'Speed on grass', plan: PLAN },
    ];
    this.absences = [absence(SQUAD[4]?.id, 'injury', 'none'), absence(SQUAD[6]?.id, 'illness', 'limited')];
    this.suggestions = [
      {
        sensor_id: 131,
        label: 'hr-31',
        address: 'A0:9E:1A:00:00:31',
        kind: 'heart_rate',
        gateway: 'pitch-1',
        rssi: -58,
        athlete_id: null,
      },
    ];
  }

  routes(): StubRoute[] {
    return [
      ['GET', path('/api/v1/sessions'), request => this.#listed(new URL(request.url))],
      ['POST', path('/api/v1/sessions'), request => this.#added(request)],
      ['POST', path('/api/v1/sessions/copies'), request => this.#copied(request)],
      ['GET', path(SESSION), (_request, id) => this.#of(id, tagged)],
      ['PATCH', path(SESSION), (request, id) => this.#of(id, session => this.#changed(session, request))],
      [
        'POST',
        path(`${SESSION}/start`),
        (request, id) => this.#of(id, session => this.#begun(session, request)),
      ],
      [
        'POST',
        path(`${SESSION}/end`),
        (request, id) => this.#of(id, session => this.#ended(session, request)),
      ],
      ['GET', path(`${SESSION}/timeline`), (_request, id) => Response.json(this.timeline(id))],
      [
        'POST',
        path(`${SESSION}/(phases|markers|play)`),
        (request, id, what) => this.#tapped(request, id, what),
      ],
      [
        'DELETE',
        path(`${SESSION}/(phases|markers|play)/${ID}`),
        (_request, id, _what, one) => this.#undone(id, one),
      ],
      ['GET', path('/api/v1/templates'), () => page(this.templates)],
      ['GET', path('/api/v1/absences'), () => page(this.absences)],
      ['GET', path('/api/v1/assignments/suggestions'), () => Response.json({ items: this.suggestions })],
      ['POST', path('/api/v1/assignments/swap'), request => this.#swapped(request)],
      ['POST', path('/api/v1/assignments'), request => this.#gave(request)],
      ['POST', path(`/api/v1/athletes/${ID}/ratings`), (request, id) => this.#rated(request, id)],
    ];
  }

  /** The id of the athlete with a jersey number. */
  athlete(number: number): string {
    return SQUAD[number - 1]?.id ?? '';
  }

  timeline(id = ''): Schemas['Timeline'] {
    const told = this.timelines.get(id) ?? { phases: [], markers: [], play: [] };
    this.timelines.set(id, told);
    return told;
  }

  #of(id: string | undefined, act: (session: Session) => Response | Promise<Response>) {
    const session = this.sessions.find(one => one.id === id);
    if (session === undefined)
      return problem(404, 'not-found', 'There is no such session.', 'Check the address.');
    return act(session);
  }

  #listed(url: URL): Response {
    const [from, to] = ['from', 'to'].map(name => Date.parse(url.searchParams.get(name) ?? ''));
    const team = url.searchParams.get('team');
    const isAsked = ({ planned_from, started_at, ended_at }: Session) => {
      const begins = Date.parse(started_at ?? planned_from);
      const ends = started_at === null ? begins : Date.parse(ended_at ?? '9999-12-31');
      return begins < (to ?? 0) && ends >= (from ?? 0);
    };
    return page(this.sessions.filter(one => isAsked(one) && (team ?? one.team_id) === one.team_id));
  }

  async #added(request: Request): Promise<Response> {
    const body = (await request.json()) as Schemas['NewSession'];
    const template = this.templates.find(({ id }) => id === body.template_id);
    const session: Session = {
      kind: 'training',
      name: '',
      live_data: true,
      notes: '',
      plan: [],
      ...template,
      ...given(body),
      id: randomUUID(),
      team_id: body.team_id,
      state: 'planned',
      planned_from: body.planned_from ?? new Date().toISOString(),
      planned_to: body.planned_to ?? null,
      started_at: null,
      ended_at: null,
      roster: (body.roster ?? []).map(one => ({ athlete_id: one.athlete_id, group: one.group ?? null })),
    };
    this.sessions.push(session);
    return tagged(session, 201);
  }

  async #copied(request: Request): Promise<Response> {
    const { days_later: days } = (await request.json()) as Schemas['WeekCopy'];
    const later = (when: string) => new Date(Date.parse(when) + days * 86_400_000).toISOString();
    const items = this.sessions.map(session => ({
      ...session,
      id: randomUUID(),
      state: 'planned' as const,
      planned_from: later(session.planned_from),
      planned_to: null,
      started_at: null,
      ended_at: null,
    }));
    this.sessions.push(...items);
    return Response.json({ items }, { status: 201 });
  }

  async #changed(session: Session, request: Request): Promise<Response> {
    if (request.headers.get('If-Match') !== editionOf(session))
      return problem(
        412,
        'edited-meanwhile',
        'Somebody else has changed this since you read it.',
        'Look at `current`, put your change into it, and send it with the new ETag in If-Match.',
      );
    Object.assign(session, await request.json());
    return tagged(session);
  }

  async #begun(session: Session, request: Request): Promise<Response> {
    if (session.state !== 'planned') return moved(session);
    Object.assign(session, { state: 'running', started_at: await timeOf(request) });
    return tagged(session);
  }

  async #ended(session: Session, request: Request): Promise<Response> {
    if (session.state !== 'running') return moved(session);
    Object.assign(session, { state: 'ended', ended_at: await timeOf(request) });
    return tagged(session);
  }

  async #tapped(request: Request, id = '', what = ''): Promise<Response> {
    const body = (await request.json()) as Schemas['NewPhase'] & Schemas['NewPlay'];
    const at = body.at ?? new Date().toISOString();
    this.taps.push({ path: what, at });
    const told = this.timeline(id);
    if (what === 'phases') return this.#phase(id, body.name, at);
    if (what === 'markers') {
      const marker = { id: randomUUID(), at, name: body.name, athlete_id: null };
      told.markers.push(marker);
      return Response.json(marker, { status: 201 });
    }
    const play = body.athlete_ids.map(athlete => ({
      id: randomUUID(),
      athlete_id: athlete,
      at,
      state: body.state,
    }));
    told.play.push(...play);
    return Response.json(play, { status: 201 });
  }

  #phase(id: string, name: string, at: string): Response {
    const told = this.timeline(id);
    for (const phase of told.phases) phase.to ??= at;
    const phase = { id: randomUUID(), name, from: at, to: null, athletes: [] };
    told.phases.push(phase);
    return Response.json(phase, { status: 201 });
  }

  async #gave(request: Request): Promise<Response> {
    const { sensor_id, athlete_id } = (await request.json()) as Schemas['NewAssignment'];
    this.given.push({ sensor: sensor_id, athlete: athlete_id });
    this.suggestions = this.suggestions.filter(one => one.sensor_id !== sensor_id);
    return Response.json(assignment(sensor_id, athlete_id), { status: 201 });
  }

  async #swapped(request: Request): Promise<Response> {
    const swap = (await request.json()) as Schemas['Swap'];
    this.swaps.push(swap);
    return Response.json({ items: [assignment(swap.sensor_id, swap.athlete_id)] }, { status: 201 });
  }

  #undone(id = '', one = ''): Response {
    const told = this.timeline(id);
    this.timelines.set(id, {
      phases: told.phases.filter(phase => phase.id !== one),
      markers: told.markers.filter(marker => marker.id !== one),
      play: told.play.filter(play => play.id !== one),
    });
    return new Response(null, { status: 204 });
  }

  async #rated(request: Request, athleteId = ''): Promise<Response> {
    const { session_id, rating } = (await request.json()) as Schemas['NewRating'];
    const told = { session_id, athlete_id: athleteId, rating, rated_at: new Date().toISOString() };
    this.ratings.push(told);
    return Response.json(told, { status: 201 });
  }
}

function path(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function page(items: readonly unknown[]): Response {
  return Response.json({ items, next: null });
}

/** What was given of a new session beside its roster: null stands for nothing. */
function given({ kind, name, live_data, notes }: Schemas['NewSession']): Partial<Session> {
  return {
    ...(kind && { kind }),
    ...(typeof name === 'string' && { name }),
    ...(live_data !== undefined && { live_data }),
    ...(notes !== undefined && { notes }),
  };
}

function editionOf(session: Session): string {
  return `"${createHash('sha256').update(JSON.stringify(session)).digest('hex')}"`;
}

function tagged(session: Session, status = 200): Response {
  return Response.json(session, {
    status,
    headers: { ETag: editionOf(session), 'Cache-Control': 'no-store' },
  });
}

async function timeOf(request: Request): Promise<string> {
  const { at } = (await request.json()) as Schemas['Moved'];
  return at ?? new Date().toISOString();
}

function moved(session: Session): Response {
  return problem(
    409,
    'conflict',
    `The session is ${session.state}.`,
    'Correct its borders: started_at, ended_at.',
  );
}

function assignment(sensorId: number, athleteId: string): Schemas['Assignment'] {
  const from = new Date().toISOString();
  return { id: randomUUID(), sensor_id: sensorId, athlete_id: athleteId, from, to: null };
}

function absence(
  athleteId: string | undefined,
  reason: Schemas['Absence']['reason'],
  training: Schemas['Absence']['training'],
): Schemas['Absence'] {
  return {
    id: randomUUID(),
    athlete_id: athleteId ?? '',
    first_day: '2026-11-01',
    last_day: null,
    reason,
    training,
    place: null,
    notes: '',
  };
}
