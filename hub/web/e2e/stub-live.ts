/** The stub's live stream: snapshot, frames, gaps, resumption, and everything that may go wrong with them. */
import type { components } from '../src/api/schema.d.ts';
import type { Quality, StubAthlete } from './stub-squad.ts';
import { SQUAD, heartRateAt } from './stub-squad.ts';

type Schemas = components['schemas'];

/** What a strap does instead of sending well. */
export type StrapState = 'well' | 'muted' | 'off_skin' | 'odd' | 'unassigned' | 'never_heard';
/** What the whole stream does instead of flowing. */
export type FlowState = 'flowing' | 'frozen' | 'database_away' | 'refused';

const BEATS_PER_FRAME_CYCLE = 4;
const FRAME_MS = 250;
const TREND_MS = 60_000;

const METRICS: Schemas['MetricInfo'][] = [
  metric('heart_rate', '/min', 20, 250, 1000),
  metric('rr_interval', 'ms', 200, 3000, null),
];

interface Client {
  controller: ReadableStreamDefaultController<Uint8Array>;
  team: string | null;
}

export class StubLive {
  readonly straps = new Map<number, StrapState>();
  /** Values of each athlete a second: 1 as a strap sends, 4 as the most we promise to draw. */
  valuesPerSecond: 1 | 4 = 1;
  #flow: FlowState = 'flowing';
  #clients = new Set<Client>();
  #last = new Map<string, { t_ms: number; value: number; quality: Quality }>();
  #boot = 'stub';
  #seq = 0;
  #turn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  get flow(): FlowState {
    return this.#flow;
  }

  start(): void {
    this.#timer = setInterval(() => this.#beat(), FRAME_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const { controller } of this.#clients) controller.close();
    this.#clients.clear();
  }

  setStrap(number: number, state: StrapState): void {
    this.straps.set(number, state);
    if (state === 'unassigned') this.#toAll('snapshot', client => this.#snapshot(client));
  }

  setFlow(flow: FlowState): void {
    this.#flow = flow;
    if (flow === 'refused') this.#dropAll();
    if (flow === 'database_away') this.#toAll('gap', () => ({ reason: flow, since_ms: Date.now() }));
    if (flow === 'flowing') this.#toAll('gap', () => ({ reason: 'over', since_ms: Date.now() }));
  }

  /** A new stream: with everything known first. */
  answer(url: URL): Response {
    if (this.#flow === 'refused') return new Response('Bad gateway', { status: 502 });
    let client: Client;
    const body = new ReadableStream<Uint8Array>({
      start: controller => {
        client = { controller, team: url.searchParams.get('team') };
        this.#clients.add(client);
        this.#send(client, 'snapshot', this.#snapshot(client));
      },
      cancel: () => void this.#clients.delete(client),
    });
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
    });
  }

  #beat(): void {
    this.#turn += 1;
    if (this.#flow === 'frozen') return;
    const now = Date.now();
    const due = SQUAD.filter(athlete => this.#isDue(athlete));
    const heard = due.flatMap(athlete => this.#measure(athlete, now));
    if (this.#flow === 'database_away') return;
    this.#toAll('frame', client => ({
      now_ms: now,
      values: heard
        .filter(({ athlete }) => inTeam(athlete, client))
        .map(({ athlete, ...rest }) => ({ athlete: athlete.id, ...rest })),
    }));
    if (this.#turn % 40 === 0) this.#toAll('fleet', () => ({ gateways: [gateway()] }));
  }

  #isDue(athlete: StubAthlete): boolean {
    return (
      this.valuesPerSecond === 4 ||
      athlete.number % BEATS_PER_FRAME_CYCLE === this.#turn % BEATS_PER_FRAME_CYCLE
    );
  }

  #measure(athlete: StubAthlete, now: number) {
    const state = this.straps.get(athlete.number) ?? 'well';
    if (state === 'muted' || state === 'unassigned' || state === 'never_heard') return [];
    const told = {
      t_ms: now - 180,
      value: state === 'odd' ? 244 : heartRateAt(athlete, now),
      quality: QUALITIES[state],
    };
    this.#last.set(athlete.id, told);
    return [{ athlete, metric: 'heart_rate', ...told }];
  }

  #snapshot(client: Client): Schemas['LiveSnapshot'] {
    return {
      now_ms: Date.now(),
      metrics: METRICS,
      athletes: SQUAD.filter(athlete => inTeam(athlete, client)).map(athlete => this.#entry(athlete)),
      gateways: [gateway()],
      gap: this.#flow === 'database_away' ? { reason: 'database_away', since_ms: Date.now() - 4000 } : null,
    };
  }

  #entry(athlete: StubAthlete): Schemas['LiveAthlete'] {
    const state = this.straps.get(athlete.number) ?? 'well';
    const last = this.#last.get(athlete.id);
    const silent = state === 'never_heard' || state === 'unassigned';
    return {
      ...athlete,
      sensor: state === 'unassigned' ? null : athlete.sensor,
      values: silent || last === undefined ? {} : { heart_rate: last },
      trend: silent ? { t_ms: [], value: [] } : trendUntil(athlete, last?.t_ms ?? Date.now()),
    };
  }

  #toAll(event: string, data: (client: Client) => unknown): void {
    for (const client of this.#clients) this.#send(client, event, data(client));
  }

  #send({ controller }: Client, event: string, data: unknown): void {
    this.#seq += 1;
    const text = `id: ${this.#boot}-${this.#seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    controller.enqueue(new TextEncoder().encode(text));
  }

  #dropAll(): void {
    for (const { controller } of this.#clients) controller.error(new Error('the stub drops its clients'));
    this.#clients.clear();
  }
}

const QUALITIES: Record<'well' | 'off_skin' | 'odd', Quality> = {
  well: 'ok',
  off_skin: 'no_contact',
  odd: 'implausible',
};

function inTeam(athlete: StubAthlete, client: Client): boolean {
  return client.team === null || client.team === athlete.team_id;
}

function trendUntil(athlete: StubAthlete, endMs: number): Schemas['LiveTrend'] {
  const times = Array.from({ length: TREND_MS / 1000 }, (_, index) => endMs - TREND_MS + 1000 * (index + 1));
  return { t_ms: times, value: times.map(t => heartRateAt(athlete, t)) };
}

function metric(
  name: string,
  unit: string,
  low: number,
  high: number,
  interval: number | null,
): Schemas['MetricInfo'] {
  return {
    name,
    unit,
    low,
    high,
    interval_ms: interval,
    late_after_ms: interval === null ? null : 3 * interval,
    lost_after_ms: interval === null ? null : 10 * interval,
  };
}

function gateway(): Schemas['Gateway'] {
  return {
    name: 'pitch-1',
    site: 'Pitch 1',
    state: 'ok',
    faults: [],
    heard_at: new Date().toISOString(),
    sensors: [],
    buffer: {
      used_bytes: 4_194_304,
      cap_bytes: 104_857_600,
      waiting_records: 0,
      waiting_bytes: 0,
      dropped_records: 0,
      oldest_at: null,
    },
    clock: { error_us: 900, source: 'ntp' },
    versions: { 'sts-edge': '0.1.0' },
  };
}
