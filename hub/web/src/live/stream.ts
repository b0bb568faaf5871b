/**
 * One stream of server-sent events, kept open.
 *
 * EventSource gives up for ever after one answer that is not 200 (a proxy's 502 while the hub restarts), and its own
 * pause is fixed. So every failure is ours: close, wait with jitter, open again from the last event id.
 */
import type { FleetEvent, FrameEvent, GapEvent, SnapshotEvent } from './events.ts';
import type { StreamHappening, StreamState } from './stream-states.ts';
import { nextStreamState } from './stream-states.ts';

/** A frame or ping is due at least each second or two; 5 s is several of them missing. */
export const STALE_AFTER_MS = 5_000;
/** Open but mute: a proxy may hold a dead connection for ever. 15 s server ping + the 5 s above. */
export const MUTE_AFTER_MS = 20_000;
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
  snapshot(event: SnapshotEvent): void;
  frame(event: FrameEvent): void;
  fleet(event: FleetEvent): void;
  gap(event: GapEvent): void;
  /** The stream could not be opened or broke: the moment to ask whether we are still signed in. */
  failed(): void;
}

export interface StreamSurroundings {
  open(url: string): EventSource;
  random(): number;
  now(): number;
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
    const when = (type: string, act: (event: MessageEvent<string>) => void) =>
      source.addEventListener(type, event => {
        if (source === this.#source) act(event as MessageEvent<string>);
      });
    source.addEventListener('open', () => {
      if (source === this.#source) this.#enter('opened');
    });
    source.addEventListener('error', () => {
      if (source === this.#source) this.#fail();
    });
    when('snapshot', event => this.#hand<SnapshotEvent>(event, this.#handlers.snapshot));
    when('frame', event => this.#hand<FrameEvent>(event, this.#handlers.frame));
    when('fleet', event => this.#hand<FleetEvent>(event, this.#handlers.fleet));
    when('gap', event => this.#hand<GapEvent>(event, this.#handlers.gap));
    when('ping', event => this.#heard(event));
    when('bye', event => this.#dismissed(event));
  }

  #address(): string {
    if (this.#lastId === '') return this.#url;
    const joint = this.#url.includes('?') ? '&' : '?';
    return `${this.#url}${joint}resume=${encodeURIComponent(this.#lastId)}`;
  }

  #hand<Event>(event: MessageEvent<string>, handler: (event: Event) => void): void {
    let told: Event;
    try {
      told = JSON.parse(event.data) as Event;
    } catch {
      this.#fail(); // half an event: the stream is not what it says, a fresh snapshot is
      return;
    }
    this.#heard(event);
    handler(told);
  }

  #heard(event: MessageEvent<string>): void {
    if (event.lastEventId !== '') this.#lastId = event.lastEventId;
    this.#failures = 0;
    // told at most each second: a status that changes with every frame would draw the top bar 4 times a second
    const heardAtMs = this.#around.now();
    const known = this.#status.heardAtMs;
    if (this.#status.stale || known === null || heardAtMs - known >= WATCH_MS || heardAtMs < known)
      this.#tell({ heardAtMs, stale: false });
  }

  #dismissed(event: MessageEvent<string>): void {
    this.#heard(event);
    const { retry_ms: retryMs } = JSON.parse(event.data) as { retry_ms: number };
    this.#enter('dismissed', retryMs * (1 + this.#around.random() / 2));
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
    const keys = Object.keys(next) as (keyof StreamStatus)[];
    if (keys.every(key => next[key] === this.#status[key])) return;
    this.#status = next;
    for (const listener of this.#listeners) listener();
  }
}
