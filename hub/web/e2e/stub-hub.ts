/**
 * A hub of paper: the API's answers without a broker, a database or straps.
 *
 * One set of answers for `npm run dev`, the unit tests and the measurements. It takes a web Request and gives a web
 * Response, so that whatever carries requests (Vite, a Node server, a test's interceptor) can stand before it.
 */
import type { components } from '../src/api/schema.d.ts';
import { stubSeries } from './stub-chart.ts';
import { StubLive } from './stub-live.ts';
import { STUB_CODE, StubAccount, wrongCode } from './stub-account.ts';
import { StubAlerts } from './stub-alerts.ts';
import { StubClub } from './stub-club.ts';
import { StubCompetitions } from './stub-competitions.ts';
import { StubDay } from './stub-day.ts';
import { StubSeason } from './stub-season.ts';
import { StubFleet } from './stub-fleet.ts';
import { StubOwn } from './stub-own.ts';
import type { StubRoute } from './stub-route.ts';
import { stubSummary } from './stub-sessions.ts';
import { problem } from './stub-problem.ts';
import type { StubAthlete } from './stub-squad.ts';
import { CLUB, SQUAD, TEAMS } from './stub-squad.ts';

type Schemas = components['schemas'];

export const STUB_EMAIL = 'coach@club.example';
export const STUB_PASSWORD = 'a long walk to the pitch';

export const STUB_ME: Schemas['Me'] = {
  id: '00000000-0000-4000-8000-000000009100',
  email: STUB_EMAIL,
  name: 'Marta Duarte',
  role: 'coach',
  club: CLUB,
  teams: TEAMS.map(team => team.id),
  owes_factor: false,
};

export class StubHub {
  readonly live = new StubLive();
  readonly day = new StubDay();
  readonly alerts = new StubAlerts();
  readonly club = new StubClub();
  readonly competitions = new StubCompetitions();
  readonly season = new StubSeason();
  readonly own = new StubOwn(this.day.ratings);
  readonly fleet = new StubFleet();
  /** As if a proxy stood before a hub that is not there. */
  away = false;
  signedIn: boolean;
  readonly account = new StubAccount();
  ways: Schemas['WaysIn'] = { passkeys: true, providers: [{ id: 'school', name: 'School account' }] };
  role: Schemas['Me']['role'] = 'coach';
  readonly #routes: StubRoute[] = [
    ...this.day.routes(),
    ...this.account.routes(),
    ...this.alerts.routes(),
    ...this.own.routes(),
    ...this.club.routes(),
    ...this.competitions.routes(),
    ...this.season.routes(),
    ...this.fleet.routes(),
    ['POST', /^\/api\/v1\/session$/, request => this.#signIn(request)],
    ['GET', /^\/api\/v1\/session\/ways$/, () => Response.json(this.ways)],
    ['POST', /^\/api\/v1\/session\/code$/, request => this.#takeCode(request)],
    ['DELETE', /^\/api\/v1\/session$/, () => this.#signOut()],
    ['GET', /^\/api\/v1\/me$/, () => Response.json(this.#me())],
    ['GET', /^\/api\/v1\/teams$/, () => Response.json({ items: TEAMS, next: null })],
    ['GET', /^\/api\/v1\/live$/, request => this.live.answer(new URL(request.url))],
    ['GET', /^\/api\/v1\/athletes$/, () => Response.json({ items: this.#seen().map(athleteOf), next: null })],
    [
      'GET',
      /^\/api\/v1\/sessions\/([^/]+)\/summary$/,
      () => Response.json(stubSummary(Date.now(), this.day.computedMs)),
    ],
    ['GET', /^\/api\/v1\/athletes\/([^/]+)$/, (_request, id = '') => athleteAnswer(id)],
    [
      'GET',
      /^\/api\/v1\/athletes\/([^/]+)\/samples$/,
      (request, id = '') => samplesAnswer(id, new URL(request.url)),
    ],
  ];

  constructor({ signedIn = false } = {}) {
    this.signedIn = signedIn;
  }

  async handle(request: Request): Promise<Response> {
    if (this.away) return new Response('Bad gateway', { status: 502 });
    const { pathname } = new URL(request.url);
    for (const [method, path, route] of this.#routes) {
      const match = request.method === method ? path.exec(pathname) : null;
      if (match !== null) return this.#admit(request, () => route(request, ...match.slice(1)));
    }
    return problem(404, 'not-found', `There is nothing at ${pathname}.`, 'Check the address.');
  }

  async #admit(request: Request, answer: () => Response | Promise<Response>): Promise<Response> {
    if (request.method !== 'GET' && request.headers.get('x-sts-request') !== '1')
      return problem(403, 'cross-site', 'The header X-STS-Request is missing.', 'Send it.');
    const isSignIn = request.method !== 'DELETE' && /\/api\/v1\/session(\/.*)?$/.test(request.url);
    if (!this.signedIn && !isSignIn) return problem(401, 'not-signed-in', 'Nobody is signed in.', 'Sign in.');
    return answer();
  }

  async #signIn(request: Request): Promise<Response> {
    const { email, password } = (await request.json()) as Schemas['SignIn'];
    if (email !== STUB_EMAIL || password !== STUB_PASSWORD)
      return problem(401, 'wrong-credentials', 'E-mail or password is wrong.', 'Check both and try again.');
    if (this.account.hasApp) {
      const step = { step: 'code', expires_at: new Date().toISOString() } satisfies Schemas['NextStep'];
      return Response.json(step, { status: 202 });
    }
    return this.#enter();
  }

  async #takeCode(request: Request): Promise<Response> {
    const { code } = (await request.json()) as Schemas['StepCode'];
    if (code !== STUB_CODE) return wrongCode();
    return this.#enter();
  }

  #enter(): Response {
    this.signedIn = true;
    return Response.json(this.#me());
  }

  #me(): Schemas['Me'] {
    return { ...STUB_ME, role: this.role, owes_factor: this.account.owes };
  }

  /** An athlete sees one, a guardian those whom the account stands for. */
  #seen(): readonly StubAthlete[] {
    if (this.role === 'athlete') return SQUAD.slice(0, 1);
    return this.role === 'guardian' ? SQUAD.slice(0, 2) : SQUAD;
  }

  #signOut(): Response {
    this.signedIn = false;
    return new Response(null, { status: 204 });
  }
}

function athleteAnswer(id: string): Response {
  const athlete = SQUAD.find(known => known.id === id);
  if (athlete === undefined)
    return problem(404, 'not-found', 'There is no such athlete.', 'Check the address.');
  return Response.json(athleteOf(athlete));
}

function athleteOf({ id, team_id, number, name, hr_max }: (typeof SQUAD)[number]): Schemas['Athlete'] {
  return { id, team_id, number, name, hr_max, account_id: null, birth_date: null, contact: null };
}

function samplesAnswer(id: string, url: URL): Response {
  const athlete = SQUAD.find(known => known.id === id);
  if (athlete === undefined)
    return problem(404, 'not-found', 'There is no such athlete.', 'Check the address.');
  const asked = (name: string) => url.searchParams.get(name) ?? '';
  const [from, to] = [asked('from'), asked('to')];
  const pixels = Number(asked('pixels')) || 1000;
  const series = url.searchParams
    .getAll('metric')
    .map(metric => stubSeries(athlete, metric, Date.parse(from), Date.parse(to), pixels));
  return Response.json({ athlete_id: id, from, to, series } satisfies Schemas['Chart']);
}
