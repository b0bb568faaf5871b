/** Training load by days, of a team or of one athlete. */
import { isoDay } from '@/api/days';
import type { components } from '@/api/schema';

export type Loads = components['schemas']['Loads'];
export type AthleteLoads = components['schemas']['AthleteLoads'];
export type Measure = Loads['measure'];

export const MEASURES = ['edwards', 'banister', 'lucia', 'session_rpe'] as const satisfies readonly Measure[];

/** What an address asks for; without a measure that is known, Edwards'. */
export function measureOf(asked: string | undefined): Measure {
  return MEASURES.find(measure => measure === asked) ?? 'edwards';
}

/** So many days up to today, by this device's calendar. */
export function daysUpTo(today: Date, days: number): { from: string; to: string } {
  const first = new Date(today.getFullYear(), today.getMonth(), today.getDate() - days + 1);
  return { from: isoDay(first), to: isoDay(today) };
}

/** The zone whose midnights part the days of this device. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** One output of what a formula says of the last day; null where it has no number. */
export function resultOf(loads: AthleteLoads, formula: string, output: string): number | null {
  const value = loads.results.find(one => one.formula === formula)?.values[output];
  return typeof value === 'number' ? value : null;
}

/** Days with a session whose load is not known. */
export function unknownDays(loads: AthleteLoads): number {
  return loads.load.filter(load => load === null).length;
}
