/** A fleet of paper: three gateways, straps good and bad, parked records, until somebody changes them. */
import type { components } from '../src/api/schema.d.ts';
import { problem } from './stub-problem.ts';
import type { StubRoute } from './stub-route.ts';
import { SQUAD } from './stub-squad.ts';

type Schemas = components['schemas'];

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DEAD = 'hr-07';
const SPARE: Schemas['Sensor'] = sensor(900, 'hr-31', 'A0:9E:1A:00:00:1F');

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const created = (body: unknown) => Response.json(body, { status: 201 });

export class StubFleet {
  sensors: Schemas['Sensor'][] = [
    ...SQUAD.map(({ sensor: worn }, index) => sensor(worn.id, worn.label, address(index))),
    SPARE,
  ];
  wearers: Schemas['Wearer'][] = SQUAD.map(({ id, number, name, sensor: worn }) => ({
    sensor_id: worn.id,
    athlete_id: id,
    number,
    initials: name.replaceAll(/[^A-Z]/g, ''),
    since: ago(60 * MINUTE_MS),
  }));
  orders: Schemas['Order'][] = [];
  parked: Schemas['ParkedRecord'][] = [7, 8, 9].map(record => ({
    id: record,
    gateway: 'pitch-2',
    epoch: '0000000000004000800000000000e90c',
    record,
    reason: record === 9 ? 'crc' : 'unpinned',
    detail:
      record === 9
        ? 'The check sum of its body is wrong.'
        : 'Its clock is unknown and its epoch has no pin yet.',
    bytes: 420,
    parked_at: ago(90 * MINUTE_MS),
    tried_at: null,
    retry_asked_at: null,
  }));
  discarded: Schemas['DiscardedRecord'][] = [];
  change: Schemas['SettingsAsked'] | null = null;
  /** A club that has just begun has none. */
  hasGateways = true;

  routes(): StubRoute[] {
    return [
      ['GET', /^\/api\/v1\/gateways$/, () => page(this.hasGateways ? this.#gateways() : [])],
      ['GET', /^\/api\/v1\/gateways\/([^/]+)$/, (_request, name) => this.#gateway(name)],
      ['PATCH', /^\/api\/v1\/gateways\/([^/]+)$/, (_request, name) => this.#gateway(name)],
      ['GET', /^\/api\/v1\/gateways\/[^/]+\/orders$/, () => page(this.orders)],
      ['POST', /^\/api\/v1\/gateways\/[^/]+\/orders$/, request => this.#order(request)],
      ['GET', /^\/api\/v1\/gateways\/[^/]+\/settings$/, () => Response.json(this.#settings())],
      ['PUT', /^\/api\/v1\/gateways\/[^/]+\/settings$/, request => this.#changeSettings(request)],
      ['GET', /^\/api\/v1\/gateways\/([^/]+)\/completeness$/, (_request, name = '') => day(name)],
      ['GET', /^\/api\/v1\/gateway-versions$/, () => Response.json(VERSIONS)],
      ['PUT', /^\/api\/v1\/gateway-versions$/, () => Response.json(VERSIONS)],
      ['POST', /^\/api\/v1\/enrolment-codes$/, request => code(request)],
      ['GET', /^\/api\/v1\/sensors$/, () => page(this.sensors)],
      ['POST', /^\/api\/v1\/sensors$/, request => this.#addSensor(request)],
      ['GET', /^\/api\/v1\/sensors\/wearers$/, () => Response.json({ items: this.wearers })],
      ['GET', /^\/api\/v1\/sensors\/sheet$/, () => new Response(SHEET)],
      ['GET', /^\/api\/v1\/sensors\/(\d+)\/heard$/, (request, id) => this.#heard(request, Number(id))],
      ['PATCH', /^\/api\/v1\/sensors\/(\d+)$/, (request, id) => this.#retire(request, Number(id))],
      [
        'POST',
        /^\/api\/v1\/sensors\/(\d+)\/replacement$/,
        (request, id) => this.#replace(request, Number(id)),
      ],
      ['GET', /^\/api\/v1\/parked-records$/, request => this.#listParked(new URL(request.url))],
      ['GET', /^\/api\/v1\/parked-records\/summary$/, () => Response.json({ items: this.#groups() })],
      ['POST', /^\/api\/v1\/parked-records\/retry$/, request => this.#retry(request)],
      ['POST', /^\/api\/v1\/parked-records\/discard$/, request => this.#discard(request)],
      ['GET', /^\/api\/v1\/discarded-records$/, () => page(this.discarded)],
      ['GET', /^\/api\/v1\/audit$/, request => audit(new URL(request.url))],
    ];
  }

  #gateways(): Schemas['Gateway'][] {
    const clock = { error_us: 900, source: 'ntp' as const };
    const versions = { 'sts-edge': '0.1.0', python: '3.13.5' };
    const buffer = {
      used_bytes: 4_194_304,
      cap_bytes: 104_857_600,
      waiting_records: 0,
      waiting_bytes: 0,
      dropped_records: 0,
      oldest_at: null,
    };
    const held = { waiting_records: 84_210, waiting_bytes: 27_400_000, oldest_at: ago(48 * MINUTE_MS) };
    return [
      {
        name: 'pitch-1',
        site: 'Pitch 1',
        state: 'degraded',
        faults: ['hr-07 was not heard for 4 min: sts-edge sensors test hr-07.'],
        heard_at: ago(4 * SECOND_MS),
        sensors: this.#told(),
        buffer,
        clock,
        versions,
      },
      {
        name: 'pitch-2',
        site: 'Pitch 2',
        state: 'silent',
        faults: [],
        heard_at: ago(25 * MINUTE_MS),
        sensors: [],
        buffer: { ...buffer, ...held, used_bytes: 29_000_000 },
        clock: { error_us: 412_000, source: 'rtc' },
        versions,
      },
      {
        name: 'pool-1',
        site: 'Pool',
        state: 'never',
        faults: [],
        heard_at: null,
        sensors: [],
        buffer: null,
        clock: null,
        versions: {},
      },
    ];
  }

  #told(): Schemas['GatewaySensor'][] {
    return this.sensors.slice(0, 18).map(({ label, address: own, kind }, index) => ({
      name: label,
      address: own,
      kind,
      state: label === DEAD ? 'lost' : 'live',
      rssi: -54 - index,
      battery: label === DEAD ? 4 : 97 - 4 * index,
      heard_at: ago(label === DEAD ? 4 * MINUTE_MS : SECOND_MS),
    }));
  }

  #gateway(name: string | undefined): Response {
    const found = this.#gateways().find(one => one.name === name);
    return found === undefined
      ? problem(404, 'not-found', 'There is no such gateway.', 'Check the address.')
      : Response.json(found);
  }

  async #order(request: Request): Promise<Response> {
    const { act } = (await request.json()) as Schemas['NewOrder'];
    const order: Schemas['Order'] = {
      id: this.orders.length + 1,
      act,
      asked_by: 'tech@club.example',
      asked_at: ago(0),
      expires_at: ago(-10 * MINUTE_MS),
      state: 'waiting',
      words: '',
      told_at: null,
    };
    this.orders.unshift(order);
    return created(order);
  }

  #settings(): Schemas['GatewaySettings'] {
    const tables = {
      buffer: { max_mb: 100, when_full: 'drop_oldest' },
      sensors: [{ name: 'hr-01', address: address(0), kind: 'heart_rate' }],
    };
    const since = ago(60 * MINUTE_MS);
    return {
      in_force: { version: 3, made_by: 'gateway', asked_by: null, since, tables },
      change: this.change,
    };
  }

  async #changeSettings(request: Request): Promise<Response> {
    const { tables } = (await request.json()) as Schemas['SettingsWish'];
    this.change = {
      version: 4,
      state: 'refused',
      asked_by: 'tech@club.example',
      made_at: ago(0),
      faults: ['buffer.max_mb: expected a whole number, for example 100.'],
      way_out: 'Correct it and send the change again.',
      tables,
    };
    return Response.json(this.#settings(), { status: 202 });
  }

  async #addSensor(request: Request): Promise<Response> {
    const { label, address: own } = (await request.json()) as Schemas['NewSensor'];
    const added = sensor(1000 + this.sensors.length, label, own);
    this.sensors.push(added);
    return created(added);
  }

  #heard(request: Request, id: number): Response {
    const from = new URL(request.url).searchParams.get('from') ?? '';
    const seconds = Math.floor((Date.now() - Date.parse(from)) / SECOND_MS);
    const isDead = this.sensors.find(one => one.id === id)?.label === DEAD;
    const isWorn = this.wearers.some(({ sensor_id }) => sensor_id === id);
    const about = { gateway: 'pitch-1', last_at: ago(0) };
    const metrics: Schemas['MetricHeard'][] = isDead
      ? []
      : [
          {
            ...about,
            metric: 'heart_rate',
            unit: '/min',
            heard: seconds,
            good: seconds,
            expected: seconds,
            value: isWorn ? null : 71,
          },
          { ...about, metric: 'battery_level', unit: '%', heard: 1, good: 1, expected: null, value: 88 },
        ];
    return Response.json({ sensor_id: id, from, to: ago(0), metrics } satisfies Schemas['SensorHeard']);
  }

  async #retire(request: Request, id: number): Promise<Response> {
    const { retired } = (await request.json()) as Schemas['SensorChange'];
    const found = this.sensors.find(one => one.id === id);
    if (found === undefined)
      return problem(404, 'not-found', 'There is no such sensor.', 'Check the address.');
    found.retired_at = retired === true ? ago(0) : null;
    return Response.json(found);
  }

  async #replace(request: Request, id: number): Promise<Response> {
    const { by } = (await request.json()) as Schemas['Replacement'];
    for (const wearer of this.wearers) if (wearer.sensor_id === id) wearer.sensor_id = by;
    return Response.json({ sensor_id: id, by, from: ago(0) } satisfies Schemas['Replaced']);
  }

  #listParked(url: URL): Response {
    const asked = (name: string) => url.searchParams.get(name);
    return page(
      this.parked.filter(({ gateway, reason }) => gateway === asked('gateway') && reason === asked('reason')),
    );
  }

  #groups(): Schemas['ParkedGroup'][] {
    return ['unpinned', 'crc'].flatMap(reason => {
      const alike = this.parked.filter(one => one.reason === reason);
      const since = ago(90 * MINUTE_MS);
      return alike.length === 0
        ? []
        : [{ gateway: 'pitch-2', reason, records: alike.length, bytes: 420 * alike.length, since }];
    });
  }

  async #retry(request: Request): Promise<Response> {
    const { ids } = (await request.json()) as Schemas['Retry'];
    for (const one of this.parked) if (ids.includes(one.id)) one.retry_asked_at = ago(0);
    return Response.json({ records: ids.length }, { status: 202 });
  }

  async #discard(request: Request): Promise<Response> {
    const { ids, reason } = (await request.json()) as Schemas['Discard'];
    const gone = this.parked.filter(({ id }) => ids.includes(id));
    this.parked = this.parked.filter(({ id }) => !ids.includes(id));
    this.discarded.unshift(
      ...gone.map(({ id, gateway, epoch, record, reason: parked_for, bytes, parked_at }) => ({
        id,
        gateway,
        epoch,
        record,
        parked_for,
        bytes,
        parked_at,
        reason,
        discarded_by: 'tech@club.example',
        discarded_at: ago(0),
      })),
    );
    return Response.json({ records: gone.length });
  }
}

const VERSIONS: Schemas['FleetVersions'] = {
  wanted: { version: '0.2.0', percent: 10, asked_by: 'tech@club.example', asked_at: ago(0) },
  running: { '0.1.0': 2 },
};
const SQUARES = '█▀▀▀▀▀█ ▄▀█ █▀▀▀▀▀█\n█ ███ █ ▀▄▀ █ ███ █\n█ ▀▀▀ █ █▄▀ █ ▀▀▀ █\n▀▀▀▀▀▀▀ ▀ ▀ ▀▀▀▀▀▀▀\n';
const SHEET = `${['hr-01', 'hr-02', 'hr-03', 'hr-04'].map(label => `${label}\n${SQUARES}`).join('\n')}\fhr-05\n${SQUARES}`;

function page(items: readonly unknown[]): Response {
  return Response.json({ items, next: null });
}

function address(index: number): string {
  return `A0:9E:1A:00:01:${index.toString(16).padStart(2, '0').toUpperCase()}`;
}

function sensor(id: number, label: string, own: string): Schemas['Sensor'] {
  return { id, label, address: own, kind: 'heart_rate', added_at: '2026-01-01T00:00:00Z', retired_at: null };
}

async function code(request: Request): Promise<Response> {
  const { site, gateway = null } = (await request.json()) as Schemas['NewCode'];
  return created({ code: 'K3XQ-0TZ9-M4B7-D', site, gateway, expires_at: ago(-15 * MINUTE_MS) });
}

function day(name: string): Response {
  const isWhole = name === 'pitch-1';
  const stretch: Schemas['Completeness']['stretches'][number] = {
    word: 'missing',
    from: ago(48 * MINUTE_MS),
    to: ago(25 * MINUTE_MS),
    records: 84_210,
    reason: '',
    why: '',
  };
  return Response.json({
    gateway: name,
    from: ago(24 * 60 * MINUTE_MS),
    to: ago(0),
    complete: isWhole,
    expected_records: 172_800,
    received_records: isWhole ? 172_800 : 88_590,
    stretches: isWhole ? [] : [stretch],
    wearers: [],
  } satisfies Schemas['Completeness']);
}

const isRead = ({ act }: Schemas['ClubEntry']) => act.startsWith('get_');
const entry = (act: string, name: string, role: string, minutes: number): Schemas['ClubEntry'] => ({
  at: ago(minutes * MINUTE_MS),
  account_id: '00000000-0000-4000-8000-000000009200',
  name,
  role,
  club: 'Atlético do Vale',
  act,
  things: 'athlete_id=00000000-0000-4000-8000-000000000001',
  athlete_id: '00000000-0000-4000-8000-000000000001',
  athlete: 'A. Silva',
});

function audit(url: URL): Response {
  const what = url.searchParams.get('what');
  const entries = [
    entry('get_samples', 'Marta Duarte', 'coach', 2),
    entry('change_athlete', 'Rui Prates', 'director', 9),
    entry('replace_sensor', 'Teo Vidal', 'technician', 31),
  ];
  return page(what === null ? entries : entries.filter(one => isRead(one) === (what === 'read')));
}
