/**
 * One stream of server-sent events, kept open.
 *
 * EventSource gives up for ever after one answer that is not 200 (a proxy's 502 while the hub restarts), and its own
 * pause is fixed. So every failure is ours: close, wait with jitter, open again from the last event id.
 */
import type { AlertEvent, ByeEvent, FleetEvent, FrameEvent, GapEvent, SnapshotEvent } from './events.ts';
import type { StreamHappening, StreamState } from './stream-states.ts';
import { nextStreamState } from './stream-states.ts';

/** The hub sends a frame at least every 2 s, empty if need be; after 5 s two are missing. */
export const STALE_AFTER_MS = 5_000;
/** Open but mute: a proxy may hold a dead connection for ever. Twice stale is no hiccup any more: open afresh. */
export const MUTE_AFTER_MS = 2 * STALE_AFTER_MS;
export const RETRY_FIRST_MS = 1_000;
export const RETRY_LAST_MS = 30_000;
/** How often silence is looked at. */
const WATCH_MS = 1_000;

export interface StreamStatus {
  state: StreamState;
  /** Open, but nothing heard for STALE_AFTER_MS. */
  stale: boolean;
  /** When something was heard last, local time; null if never. */
  heardAtMs: number | null;
  /** When the next try is due, local time; null unless waiting. */
  retryAtMs: number | null;
}

export interface StreamHandlers {
  snapshot: (event: SnapshotEvent) => void;
  frame: (event: FrameEvent) => void;
  fleet: (event: FleetEvent) => void;
  gap: (event: GapEvent) => void;
  alert: (event: AlertEvent) => void;
  /** The stream was refused, broke or was ended: the moment to ask whether we are still signed in. */
  failed: () => void;
}

interface Told {
  snapshot: SnapshotEvent;
  frame: FrameEvent;
  fleet: FleetEvent;
  gap: GapEvent;
  alert: AlertEvent;
  bye: ByeEvent;
}

export interface StreamSurroundings {
  open: (url: string) => EventSource;
  random: () => number;
  now: () => number;
}

const browser: StreamSurroundings = {
  open: url => new EventSource(url),
  random: () => Math.random(),
  now: () => Date.now(),
};

/** Pause before the n-th try in a row: doubling to 30 s, of which a random half, never under 1 s. */
export function retryDelayMs(failures: number, random: number): number {
  const longest = Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_LAST_MS);
  return Math.max(RETRY_FIRST_MS, longest * (0.5 + random / 2));
}

export class LiveStream {
  readonly #url: string;
  readonly #handlers: StreamHandlers;
  readonly #around: StreamSurroundings;
  #status: StreamStatus = { state: 'closed', stale: false, heardAtMs: null, retryAtMs: null };
  #source: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #failures = 0;
  #lastId = '';
  #openedAtMs = 0;
  #listeners = new Set<() => void>();

  constructor(url: string, handlers: StreamHandlers, around: StreamSurroundings = browser) {
    this.#url = url;
    this.#handlers = handlers;
    this.#around = around;
  }

  readonly status = (): StreamStatus => this.#status;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    this.#watch = setInterval(() => this.#lookForSilence(), WATCH_MS);
    this.#enter('started');
  }

  stop(): void {
    clearInterval(this.#watch);
    this.#enter('stopped');
  }

  /** The page is seen again or the network came back: anything not surely alive is opened afresh at once. */
  wake(): void {
    if (this.#status.state === 'open' && this.#silenceMs() < STALE_AFTER_MS) return;
    this.#failures = 0;
    this.#enter('woken');
  }

  #enter(happening: StreamHappening, retryAfterMs?: number): void {
    const before = this.#status.state;
    const state = nextStreamState(before, happening);
    if (state === before && happening !== 'woken') return;
    if (state === 'closed' && happening === 'woken') return;
    clearTimeout(this.#retry);
    if (state !== 'open') this.#release();
    this.#tell({ state, stale: false, retryAtMs: null });
    if (state === 'connecting') this.#connect();
    if (state === 'waiting') this.#wait(retryAfterMs);
  }

  #connect(): void {
    const source = this.#around.open(this.#address());
    this.#source = source;
    this.#openedAtMs = this.#around.now();
    const ours = (act: () => void) => () => {
      if (source === this.#source) act();
    };
    source.addEventListener(
      'open',
      ours(() => this.#enter('opened')),
    );
    source.addEventListener(
      'error',
      ours(() => this.#fail()),
    );
    this.#listen(source, 'snapshot', this.#handlers.snapshot);
    this.#listen(source, 'frame', this.#handlers.frame);
    this.#listen(source, 'fleet', this.#handlers.fleet);
    this.#listen(source, 'gap', this.#handlers.gap);
    this.#listen(source, 'alert', this.#handlers.alert);
    this.#listen(source, 'bye', bye => this.#dismissed(bye));
  }

  /** Hands on what an event says. The hub's models are trusted, JSON is not: a broken stream may end in half of it. */
  #listen<Name extends keyof Told>(
    source: EventSource,
    name: Name,
    handler: (told: Told[Name]) => void,
  ): void {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      if (source !== this.#source) return;
      let told: Told[Name];
      try {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API document states what this event carries
        told = JSON.parse(event.data) as Told[Name];
      } catch {
        this.#fail();
        return;
      }
      this.#heard(event.lastEventId);
      handler(told);
    });
  }

  #address(): string {
    if (this.#lastId === '') return this.#url;
    const joint = this.#url.includes('?') ? '&' : '?';
    return `${this.#url}${joint}resume=${encodeURIComponent(this.#lastId)}`;
  }

  #heard(id: string): void {
    if (id !== '') this.#lastId = id;
    this.#failures = 0;
    // told at most each second: a status that changes with every frame would draw the top bar 4 times a second
    const heardAtMs = this.#around.now();
    const known = this.#status.heardAtMs;
    if (this.#status.stale || known === null || heardAtMs - known >= WATCH_MS || heardAtMs < known)
      this.#tell({ heardAtMs, stale: false });
  }

  #dismissed(bye: ByeEvent): void {
    this.#enter('dismissed', bye.retry_ms * (1 + this.#around.random() / 2));
    this.#handlers.failed();
  }

  #fail(): void {
    this.#enter('failed');
    this.#handlers.failed();
  }

  #wait(retryAfterMs?: number): void {
    const delayMs = retryAfterMs ?? retryDelayMs(this.#failures, this.#around.random());
    this.#failures += 1;
    this.#tell({ retryAtMs: this.#around.now() + delayMs });
    this.#retry = setTimeout(() => this.#enter('due'), delayMs);
  }

  #lookForSilence(): void {
    if (this.#status.state === 'waiting' || this.#status.state === 'closed') return;
    const silenceMs = this.#silenceMs();
    if (silenceMs >= MUTE_AFTER_MS) this.#fail();
    else if (this.#status.state === 'open' && silenceMs >= STALE_AFTER_MS) this.#tell({ stale: true });
  }

  #silenceMs(): number {
    return this.#around.now() - Math.max(this.#status.heardAtMs ?? 0, this.#openedAtMs);
  }

  #release(): void {
    this.#source?.close();
    this.#source = null;
  }

  #tell(news: Partial<StreamStatus>): void {
    const next = { ...this.#status, ...news };
    if (sameStatus(next, this.#status)) return;
    this.#status = next;
    for (const listener of this.#listeners) listener();
  }
}

function sameStatus(a: StreamStatus, b: StreamStatus): boolean {
  return (
    a.state === b.state && a.stale === b.stale && a.heardAtMs === b.heardAtMs && a.retryAtMs === b.retryAtMs
  );
}
