/**
 * Taps on their way to the hub: a phase begun, a marker set, an athlete put on the bench.
 *
 * A tap counts at the time at which it was made, however late the hub hears of it. It is kept on this device until it was
 * told, so that neither a dead spot nor a reload loses it; its key makes it happen once however often it is sent.
 */
import { answerOf, api } from '@/api/client';
import { HubUnreachable } from '@/api/problem';
import type { PlayState } from '@/api/sessions';

export type Said =
  | { what: 'phases'; name: string }
  | { what: 'markers'; name: string }
  | { what: 'play'; name: string; athleteId: string; state: PlayState };

export interface Tap {
  key: string;
  sessionId: string;
  said: Said;
  /** When it was made, by the hub's clock; RFC 3339. */
  at: string;
  /** What the hub made of it; null until it has told. */
  made: string[] | null;
  /** Taken back: what the hub made goes. */
  isUndone: boolean;
  /** Sent at least once: the hub may have it though its answer was lost. */
  isTried: boolean;
}

export interface Refused {
  tap: Tap;
  error: unknown;
}

export const UNDO_MS = 10_000;
const RETRY_MS = 4_000;
const KEY = 'sts-taps';

/** How taps are told; a test puts its own in place. */
export interface TapWire {
  tell: (tap: Tap) => Promise<string[]>;
  takeBack: (tap: Tap, id: string) => Promise<void>;
}

export class Taps {
  readonly #wire: TapWire;
  #taps: readonly Tap[] = remembered();
  #refused: readonly Refused[] = [];
  #listeners = new Set<() => void>();
  #heardListeners = new Set<(sessionId: string) => void>();
  #isBusy = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(wire: TapWire = hubWire) {
    this.#wire = wire;
  }

  readonly all = (): readonly Tap[] => this.#taps;
  readonly refused = (): readonly Refused[] => this.#refused;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** After the hub has heard something: what it tells of that session has changed. */
  readonly subscribeHeard = (listener: (sessionId: string) => void): (() => void) => {
    this.#heardListeners.add(listener);
    return () => this.#heardListeners.delete(listener);
  };

  tap(sessionId: string, said: Said, atMs: number): void {
    const at = new Date(atMs).toISOString();
    const tap = {
      key: crypto.randomUUID(),
      sessionId,
      said,
      at,
      made: null,
      isUndone: false,
      isTried: false,
    };
    this.#keep([...this.#taps, tap]);
    void this.deliver();
  }

  /** Takes a tap back; one that was never sent just goes. */
  undo(key: string): void {
    const tap = this.#taps.find(one => one.key === key);
    if (tap === undefined) return;
    if (tap.isTried) this.#put({ ...tap, isUndone: true });
    else this.#keep(this.#taps.filter(one => one.key !== key));
    void this.deliver();
  }

  /** What can no longer be taken back need not be known any more. */
  forget(key: string): void {
    this.#keep(this.#taps.filter(one => one.key !== key || !isDone(one)));
  }

  /** On signing out: what one person tapped is not told by the next. */
  clear(): void {
    this.#refused = [];
    this.#keep([]);
  }

  dismiss(refused: Refused): void {
    this.#refused = this.#refused.filter(one => one !== refused);
    this.#tell();
  }

  /** Tells the hub all that waits, in the order of the taps; while it is away, again and again. */
  async deliver(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    clearTimeout(this.#retry);
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next())
        // oxlint-disable-next-line no-await-in-loop -- one after the other: a phase ends the one before it
        await this.#deliverOne(next);
    } catch {
      this.#retry = setTimeout(() => void this.deliver(), RETRY_MS);
    } finally {
      this.#isBusy = false;
    }
  }

  #next(): Tap | undefined {
    return this.#taps.find(tap => !isDone(tap));
  }

  async #deliverOne(tap: Tap): Promise<void> {
    try {
      if (tap.made === null) await this.#tellOne(tap);
      else await this.#takeBack(tap, tap.made);
      for (const listener of this.#heardListeners) listener(tap.sessionId);
    } catch (error) {
      if (error instanceof HubUnreachable) throw error;
      this.#refused = [...this.#refused, { tap, error }];
      this.#keep(this.#taps.filter(one => one.key !== tap.key));
    }
  }

  async #tellOne(tap: Tap): Promise<void> {
    this.#put({ ...tap, isTried: true });
    const made = await this.#wire.tell(tap);
    const now = this.#taps.find(one => one.key === tap.key);
    if (now !== undefined) this.#put({ ...now, made });
  }

  async #takeBack(tap: Tap, made: readonly string[]): Promise<void> {
    await Promise.all(made.map(id => this.#wire.takeBack(tap, id)));
    this.#keep(this.#taps.filter(one => one.key !== tap.key));
  }

  #put(tap: Tap): void {
    this.#keep(this.#taps.map(one => (one.key === tap.key ? tap : one)));
  }

  #keep(taps: readonly Tap[]): void {
    this.#taps = taps;
    try {
      localStorage.setItem(KEY, JSON.stringify(taps));
    } catch {
      // storage is blocked: taps last as long as the page
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Told, and not taken back. */
export function isDone(tap: Tap): boolean {
  return tap.made !== null && !tap.isUndone;
}

function remembered(): Tap[] {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else writes under our key
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as Tap[];
  } catch {
    return [];
  }
}

const hubWire: TapWire = {
  async tell({ key, sessionId, said, at }) {
    const params = { path: { session_id: sessionId }, header: { 'Idempotency-Key': key } };
    if (said.what === 'play') {
      const body = { athlete_ids: [said.athleteId], state: said.state, at };
      const play = await answerOf(api.POST('/api/v1/sessions/{session_id}/play', { params, body }));
      return play.map(({ id }) => id);
    }
    const body = { name: said.name, at };
    const made =
      said.what === 'phases'
        ? await answerOf(api.POST('/api/v1/sessions/{session_id}/phases', { params, body }))
        : await answerOf(api.POST('/api/v1/sessions/{session_id}/markers', { params, body }));
    return [made.id];
  },
  async takeBack({ sessionId, said }, id) {
    const path = { session_id: sessionId };
    if (said.what === 'phases')
      await answerOf(
        api.DELETE('/api/v1/sessions/{session_id}/phases/{phase_id}', {
          params: { path: { ...path, phase_id: id } },
        }),
      );
    else if (said.what === 'markers')
      await answerOf(
        api.DELETE('/api/v1/sessions/{session_id}/markers/{marker_id}', {
          params: { path: { ...path, marker_id: id } },
        }),
      );
    else
      await answerOf(
        api.DELETE('/api/v1/sessions/{session_id}/play/{play_id}', {
          params: { path: { ...path, play_id: id } },
        }),
      );
  },
};
