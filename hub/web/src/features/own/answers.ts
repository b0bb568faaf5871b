/**
 * Answers on their way to the hub: the wellness form of a day, the rating of a session.
 *
 * A form is of the day on which it was filled in, however late the hub hears of it. What was answered anew takes the place of
 * what still waits. Kept on this device until it was told, so that a dead spot or a reload loses nothing; an answer is sent
 * only while somebody who sees that athlete is signed in, and never in another's name.
 */
import { answerOf, api } from '@/api/client';
import { HubUnreachable, isSignedOut } from '@/api/problem';
import type { NewWellness } from './own';

export type Said =
  { what: 'wellness'; form: NewWellness } | { what: 'rating'; sessionId: string; rating: number };

export interface Answer {
  /** Its Idempotency-Key: it happens once, however often it is sent. */
  key: string;
  athleteId: string;
  said: Said;
  /** When it was tapped, by this device's clock; RFC 3339. */
  at: string;
}

export interface RefusedAnswer {
  answer: Answer;
  error: unknown;
}

const RETRY_MS = 4_000;
const KEY = 'sts-answers';

export class Answers {
  readonly #tell: (answer: Answer) => Promise<unknown>;
  #waiting: readonly Answer[] = remembered();
  #refused: readonly RefusedAnswer[] = [];
  #listeners = new Set<() => void>();
  #isBusy = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** How answers are told; a test puts its own in place. */
  constructor(tell: (answer: Answer) => Promise<unknown> = tellHub) {
    this.#tell = tell;
  }

  readonly waiting = (): readonly Answer[] => this.#waiting;
  readonly refused = (): readonly RefusedAnswer[] => this.#refused;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  say(athleteId: string, said: Said, atMs: number): void {
    const answer = { key: crypto.randomUUID(), athleteId, said, at: new Date(atMs).toISOString() };
    this.#refused = this.#refused.filter(one => !isSameQuestion(one.answer, answer));
    this.#keep([...this.#waiting.filter(one => !isSameQuestion(one, answer)), answer]);
    void this.deliver(athleteId);
  }

  /** Tells the hub all that waits of an athlete; while it is away, again and again. */
  async deliver(athleteId: string): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    clearTimeout(this.#retry);
    const next = () => this.#waiting.find(one => one.athleteId === athleteId);
    try {
      for (let answer = next(); answer !== undefined; answer = next())
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as they were said
        await this.#deliverOne(answer);
    } catch {
      this.#retry = setTimeout(() => void this.deliver(athleteId), RETRY_MS);
    } finally {
      this.#isBusy = false;
    }
  }

  /** On signing out: what one person said is not told by the next, nor left behind on the device. */
  clear(): void {
    this.#refused = [];
    this.#keep([]);
  }

  /** Ends the tries; what waits is kept. */
  pause(): void {
    clearTimeout(this.#retry);
  }

  async #deliverOne(answer: Answer): Promise<void> {
    try {
      await this.#tell(answer);
    } catch (error) {
      // a sign-in that ended takes nothing away: it waits for the next one
      if (error instanceof HubUnreachable || isSignedOut(error)) throw error;
      this.#refused = [...this.#refused, { answer, error }];
    }
    this.#keep(this.#waiting.filter(one => one.key !== answer.key));
  }

  #keep(waiting: readonly Answer[]): void {
    this.#waiting = waiting;
    try {
      localStorage.setItem(KEY, JSON.stringify(waiting));
    } catch {
      // storage is blocked: answers last as long as the page
    }
    for (const listener of this.#listeners) listener();
  }
}

/** Whether two answers cannot both hold: forms of one day, ratings of one session. */
function isSameQuestion(one: Answer, other: Answer): boolean {
  return one.athleteId === other.athleteId && questionOf(one.said) === questionOf(other.said);
}

export function questionOf(said: Said): string {
  return said.what === 'wellness' ? `wellness ${said.form.day}` : `rating ${said.sessionId}`;
}

function remembered(): Answer[] {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else writes under our key
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as Answer[];
  } catch {
    return [];
  }
}

function tellHub({ key, athleteId, said }: Answer): Promise<unknown> {
  const params = { path: { athlete_id: athleteId }, header: { 'Idempotency-Key': key } };
  if (said.what === 'wellness')
    return answerOf(api.POST('/api/v1/athletes/{athlete_id}/wellness', { params, body: said.form }));
  const body = { session_id: said.sessionId, rating: said.rating };
  return answerOf(api.POST('/api/v1/athletes/{athlete_id}/ratings', { params, body }));
}
