/**
 * The hub's time, as well as this browser can know it.
 *
 * Ages on the wall are differences of hub time, so a tablet whose clock is wrong shows right ages. Between two messages
 * time passes by whichever of the two local clocks ran further: the monotonic one stands still while a laptop sleeps,
 * the wall clock may be set back. A clock that stopped must never make a number look fresher than it is.
 */

/** One message is late by network delay, so its stamp is low; the least delayed one of this span is believed. */
const OFFSET_MEMORY_MS = 60_000;
/** Both local clocks should advance alike; 500 ms apart between two messages means sleep, or a clock that was set. */
const CLOCKS_APART_MS = 500;

export interface LocalClocks {
  wall(): number;
  monotonic(): number;
}

export const browserClocks: LocalClocks = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
};

interface Heard {
  hubMs: number;
  wallMs: number;
  monotonicMs: number;
}

export class HubClock {
  readonly #clocks: LocalClocks;
  #last: Heard | null = null;
  #offsets: { wallMs: number; offsetMs: number }[] = [];

  constructor(clocks: LocalClocks = browserClocks) {
    this.#clocks = clocks;
  }

  /** Takes the time a message of the hub carried. */
  hear(hubMs: number): void {
    const wallMs = this.#clocks.wall();
    const monotonicMs = this.#clocks.monotonic();
    if (this.#wasSet(wallMs, monotonicMs)) this.#offsets = [];
    this.#offsets = this.#offsets.filter(seen => wallMs - seen.wallMs < OFFSET_MEMORY_MS);
    this.#offsets.push({ wallMs, offsetMs: hubMs - wallMs });
    const offsetMs = this.#offsets.reduce((best, seen) => Math.max(best, seen.offsetMs), -Infinity);
    this.#last = { hubMs: wallMs + offsetMs, wallMs, monotonicMs };
  }

  /** Hub time now in milliseconds since 1970; local time until the hub was heard. */
  now(): number {
    if (this.#last === null) return this.#clocks.wall();
    const byWall = this.#clocks.wall() - this.#last.wallMs;
    const byMonotonic = this.#clocks.monotonic() - this.#last.monotonicMs;
    return this.#last.hubMs + Math.max(byWall, byMonotonic, 0);
  }

  #wasSet(wallMs: number, monotonicMs: number): boolean {
    if (this.#last === null) return false;
    const byWall = wallMs - this.#last.wallMs;
    const byMonotonic = monotonicMs - this.#last.monotonicMs;
    return Math.abs(byWall - byMonotonic) > CLOCKS_APART_MS;
  }
}
