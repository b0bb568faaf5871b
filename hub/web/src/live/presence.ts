/**
 * Whether a number may be shown as live. The one place that decides it.
 *
 * Everything here is a function of the last reading, the metric's intervals as the API states them, and hub time:
 * no timer, no state. So whatever stops (strap, gateway, hub, network, this page), time alone makes a number late,
 * then lost, and a lost number is not handed out at all: nobody can draw it by mistake.
 */
import type { Quality } from './quality.ts';
import { isCredible } from './quality.ts';

export interface Reading {
  /** When it was measured, by the gateway's clock. */
  tMs: number;
  /** When this page heard it, hub time. For what a snapshot brought: tMs, since it may have been old then. */
  heardMs: number;
  value: number;
  quality: Quality;
}

/** From the API's metric catalogue; null for a metric without a rhythm, which is never late. */
export interface Intervals {
  lateAfterMs: number | null;
  lostAfterMs: number | null;
}

export type PresenceState = 'no_sensor' | 'waiting' | 'live' | 'late' | 'lost' | 'not_worn';

export interface Presence {
  state: PresenceState;
  /** The number to show; null whenever none may be shown. */
  value: number | null;
  quality: Quality;
  /** Whole seconds since the value was measured; 0 while it is fresh, so that steady tiles stay still. */
  ageS: number;
  /** When the last value was measured; told for lost ones. */
  sinceMs: number | null;
}

/** A value each second and its way here of up to one more: between two of them nothing is worth counting. */
const FRESH_MS = 2_000;

const NOTHING = { value: null, quality: 'ok', ageS: 0, sinceMs: null } as const;
export const NO_SENSOR: Presence = { state: 'no_sensor', ...NOTHING };
export const WAITING: Presence = { state: 'waiting', ...NOTHING };

/**
 * Age of a reading: the larger of the time since it was measured and since it was heard. A gateway whose clock runs
 * ahead would otherwise keep a dead strap alive by as much.
 */
export function ageMs(reading: Reading, nowMs: number): number {
  return Math.max(nowMs - reading.tMs, nowMs - reading.heardMs, 0);
}

export function presenceOf(reading: Reading, intervals: Intervals, nowMs: number): Presence {
  const age = ageMs(reading, nowMs);
  const ageS = Math.floor(age / 1000);
  const { quality } = reading;
  if (intervals.lostAfterMs !== null && age >= intervals.lostAfterMs)
    return { state: 'lost', value: null, quality, ageS, sinceMs: reading.tMs };
  if (quality === 'no_contact') return { state: 'not_worn', value: null, quality, ageS: 0, sinceMs: null };
  const value = isCredible(quality) ? reading.value : null;
  if (intervals.lateAfterMs !== null && age >= intervals.lateAfterMs)
    return { state: 'late', value, quality, ageS, sinceMs: null };
  return { state: 'live', value, quality, ageS: age < FRESH_MS ? 0 : ageS, sinceMs: null };
}

export function samePresence(a: Presence, b: Presence): boolean {
  return (
    a.state === b.state &&
    a.value === b.value &&
    a.quality === b.quality &&
    a.ageS === b.ageS &&
    a.sinceMs === b.sinceMs
  );
}
