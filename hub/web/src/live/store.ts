/**
 * The live wall's memory: what was last heard of each athlete, outside React.
 *
 * Messages change it as they come; what a tile shows is worked out once per animation frame, and only tiles whose
 * picture changed are told. Without messages a slow tick does the same, so that numbers grow old by themselves.
 */
import type {
  AlertEvent,
  FrameEvent,
  GapEvent,
  GatewayNews,
  MetricInfo,
  RosterAthlete,
  SnapshotAthlete,
  SnapshotEvent,
} from './events.ts';
import { History } from './history.ts';
import { HubClock } from './hub-clock.ts';
import type { Intervals, Presence, Reading } from './presence.ts';
import { NO_SENSOR, WAITING, presenceOf, samePresence } from './presence.ts';
import { isCredible } from './quality.ts';

/** Ages are shown in whole seconds; a quarter of one keeps the step from late to lost punctual to the eye. */
export const TICK_MS = 250;

const GAP_IS_OVER = 'over';
const NO_RHYTHM: Intervals = { lateAfterMs: null, lostAfterMs: null };

type Listener = () => void;

interface Athlete {
  readonly roster: RosterAthlete;
  readonly readings: Map<string, Reading>;
  readonly histories: Map<string, History>;
}

/** What somebody is who is not in play. */
export type OffPlay = 'bench' | 'unavailable';

/** How many tiles are in which state: the wall's head line. */
export type Tally = Readonly<Record<Presence['state'], number>>;

export interface Scheduler {
  frame(callback: () => void): void;
}

const animationFrames: Scheduler = { frame: callback => void requestAnimationFrame(callback) };

export class LiveStore {
  readonly clock: HubClock;
  readonly #scheduler: Scheduler;
  #athletes = new Map<string, Athlete>();
  #roster: readonly RosterAthlete[] | null = null;
  #intervals = new Map<string, Intervals>();
  #presences = new Map<string, Presence>();
  #tally: Tally = emptyTally();
  #gateways: readonly GatewayNews[] = [];
  #gap: GapEvent | null = null;
  #newestAlert: AlertEvent | null = null;
  /** By session: several may run at once, each with athletes of its own. */
  #play = new Map<string, ReadonlyMap<string, OffPlay>>();
  #lastValueMs: number | null = null;
  #nowMs = 0;
  #presenceListeners = new Map<string, Set<Listener>>();
  #headListeners = new Set<Listener>();
  #paintListeners = new Set<Listener>();
  #scheduled = false;

  constructor(clock: HubClock = new HubClock(), scheduler: Scheduler = animationFrames) {
    this.clock = clock;
    this.#scheduler = scheduler;
  }

  // what arrives

  applySnapshot(snapshot: SnapshotEvent): void {
    this.clock.hear(snapshot.now_ms);
    this.#intervals = new Map(snapshot.metrics.map(metric => [metric.name, intervalsOf(metric)]));
    const before = this.#athletes;
    this.#athletes = new Map(
      snapshot.athletes.map(entry => [entry.id, carryOver(entry, before.get(entry.id))]),
    );
    for (const entry of snapshot.athletes) this.#seed(entry);
    this.#roster = snapshot.athletes.map(rosterEntry).toSorted(byNumberThenName);
    this.#gateways = snapshot.gateways;
    this.#gap = snapshot.gap;
    this.#schedule();
  }

  applyFrame(frame: FrameEvent): void {
    this.clock.hear(frame.now_ms);
    const heardMs = this.clock.now();
    for (const { athlete, metric, t_ms, value, quality } of frame.values)
      this.#take(athlete, metric, { tMs: t_ms, heardMs, value, quality });
    if (frame.values.length > 0) this.#gap = null;
    this.#schedule();
  }

  applyGap(gap: GapEvent): void {
    this.#gap = gap.reason === GAP_IS_OVER ? null : gap;
    this.#schedule();
  }

  /** Takes the news of some gateways; the others stay as they were. */
  applyFleet(news: readonly GatewayNews[]): void {
    const byName = new Map([...this.#gateways, ...news].map(gateway => [gateway.name, gateway]));
    this.#gateways = [...byName.values()];
    this.#schedule();
  }

  applyAlert(alert: AlertEvent): void {
    this.#newestAlert = alert;
    this.#schedule();
  }

  /** Who is not in play, as a running session has it; everybody else is. */
  setPlay(sessionId: string, play: ReadonlyMap<string, OffPlay>): void {
    const before = this.#play.get(sessionId) ?? new Map<string, OffPlay>();
    this.#play.set(sessionId, play);
    for (const id of new Set([...before.keys(), ...play.keys()]))
      if (before.get(id) !== play.get(id)) this.#tellPresence(id);
  }

  /** Lets time pass: call it every TICK_MS. While frames come as often, they do it. */
  tick(): void {
    if (this.clock.now() - this.#nowMs >= TICK_MS) this.#schedule();
  }

  // what is shown

  /** Athletes in fixed order, by jersey number; null until the hub has told them. */
  readonly roster = (): readonly RosterAthlete[] | null => this.#roster;
  readonly tally = (): Tally => this.#tally;
  readonly gateways = (): readonly GatewayNews[] => this.#gateways;
  readonly gap = (): GapEvent | null => this.#gap;
  readonly newestAlert = (): AlertEvent | null => this.#newestAlert;
  /** Hub time to the second, as of the last picture: clocks and ages change together with the tiles. */
  readonly secondMs = (): number => Math.floor((this.#nowMs || this.clock.now()) / 1000) * 1000;
  /** When the newest value of anybody was measured. */
  readonly lastValueMs = (): number | null => this.#lastValueMs;

  presence(athleteId: string): Presence {
    return this.#presences.get(athleteId) ?? WAITING;
  }

  /** Null: in play. */
  play(athleteId: string): OffPlay | null {
    for (const play of this.#play.values()) {
      const state = play.get(athleteId);
      if (state !== undefined) return state;
    }
    return null;
  }

  history(athleteId: string, metric = 'heart_rate'): History | undefined {
    return this.#athletes.get(athleteId)?.histories.get(metric);
  }

  intervals(metric = 'heart_rate'): Intervals {
    return this.#intervals.get(metric) ?? NO_RHYTHM;
  }

  /** Presence and play of one athlete. */
  subscribePresence(athleteId: string, listener: Listener): Listener {
    const listeners = this.#presenceListeners.get(athleteId) ?? new Set();
    this.#presenceListeners.set(athleteId, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Roster, tally, gateways, gap. */
  readonly subscribeHead = (listener: Listener): Listener => {
    this.#headListeners.add(listener);
    return () => this.#headListeners.delete(listener);
  };

  /** After every frame that changed or aged something: for canvases, which draw without React. */
  readonly subscribePaint = (listener: Listener): Listener => {
    this.#paintListeners.add(listener);
    return () => this.#paintListeners.delete(listener);
  };

  // inside

  #seed(entry: SnapshotAthlete): void {
    const { trend } = entry;
    const history = this.#historyOf(entry.id, 'heart_rate');
    trend.t_ms.forEach((tMs, index) => history?.push(tMs, trend.value[index] ?? NaN));
    for (const [metric, told] of Object.entries(entry.values))
      this.#take(entry.id, metric, {
        tMs: told.t_ms,
        heardMs: told.t_ms,
        value: told.value,
        quality: told.quality,
      });
  }

  #take(athleteId: string, metric: string, reading: Reading): void {
    const athlete = this.#athletes.get(athleteId);
    if (athlete === undefined) return;
    const known = athlete.readings.get(metric);
    if (known !== undefined && known.tMs >= reading.tMs) return;
    athlete.readings.set(metric, reading);
    this.#historyOf(athleteId, metric)?.push(reading.tMs, isCredible(reading.quality) ? reading.value : NaN);
    this.#lastValueMs = Math.max(this.#lastValueMs ?? 0, reading.tMs);
  }

  #historyOf(athleteId: string, metric: string): History | undefined {
    const athlete = this.#athletes.get(athleteId);
    if (athlete === undefined) return undefined;
    const history = athlete.histories.get(metric) ?? new History();
    athlete.histories.set(metric, history);
    return history;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduler.frame(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const nowMs = this.clock.now();
    this.#nowMs = nowMs;
    const tally = emptyTally();
    for (const [id, athlete] of this.#athletes) tally[this.#refresh(id, athlete, nowMs).state] += 1;
    this.#tally = sameTally(tally, this.#tally) ? this.#tally : tally;
    for (const listener of this.#headListeners) listener();
    for (const listener of this.#paintListeners) listener();
  }

  #refresh(id: string, athlete: Athlete, nowMs: number): Presence {
    const next = this.#look(athlete, nowMs);
    const before = this.#presences.get(id);
    if (before !== undefined && samePresence(before, next)) return before;
    this.#presences.set(id, next);
    this.#tellPresence(id);
    return next;
  }

  #tellPresence(id: string): void {
    for (const listener of this.#presenceListeners.get(id) ?? []) listener();
  }

  #look(athlete: Athlete, nowMs: number): Presence {
    const reading = athlete.readings.get('heart_rate');
    if (athlete.roster.sensor === null) return NO_SENSOR;
    return reading === undefined ? WAITING : presenceOf(reading, this.intervals(), nowMs);
  }
}

const STATES = [
  'no_sensor',
  'waiting',
  'live',
  'late',
  'lost',
  'not_worn',
] as const satisfies Presence['state'][];

function emptyTally(): Record<Presence['state'], number> {
  return { no_sensor: 0, waiting: 0, live: 0, late: 0, lost: 0, not_worn: 0 };
}

function sameTally(a: Tally, b: Tally): boolean {
  return STATES.every(state => a[state] === b[state]);
}

function intervalsOf(metric: MetricInfo): Intervals {
  return { lateAfterMs: metric.late_after_ms, lostAfterMs: metric.lost_after_ms };
}

function rosterEntry(entry: SnapshotAthlete): RosterAthlete {
  const { id, number, name, hr_max, team_id, sensor } = entry;
  return { id, number, name, hr_max, team_id, sensor };
}

/** Keeps the history across a reconnection, but no reading: what the hub says now is what counts. */
function carryOver(entry: SnapshotAthlete, before: Athlete | undefined): Athlete {
  const sameSensor = before?.roster.sensor?.id === entry.sensor?.id;
  return {
    roster: rosterEntry(entry),
    readings: new Map(),
    histories: before !== undefined && sameSensor ? before.histories : new Map(),
  };
}

function byNumberThenName(a: RosterAthlete, b: RosterAthlete): number {
  return (a.number ?? Infinity) - (b.number ?? Infinity) || a.name.localeCompare(b.name);
}
