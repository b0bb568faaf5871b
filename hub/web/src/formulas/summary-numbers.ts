/** What a summary's table shows of an athlete's numbers. */
import type { components } from '@/api/schema';

export type AthleteSummary = components['schemas']['AthleteSummary'];
export type SessionNumber = components['schemas']['Number'];

/** Which number of the catalogue stands for a column: formula, variant (null: whichever there is), output. */
interface Place {
  formula: string;
  variant: string | null;
  output: string;
}

export const PLACES = {
  mean: { formula: 'heart_rate', variant: 'time_weighted', output: 'mean' },
  highest: { formula: 'heart_rate', variant: 'time_weighted', output: 'highest' },
  load: { formula: 'trimp', variant: 'edwards', output: 'load' },
  rating: { formula: 'session_rpe', variant: null, output: 'load' },
} as const satisfies Record<string, Place>;

export function numberAt(summary: AthleteSummary, place: Place): SessionNumber | undefined {
  return summary.numbers.find(
    ({ formula, variant }) =>
      formula === place.formula && (place.variant === null || place.variant === variant),
  );
}

/** The value itself; null where there is none. */
export function valueAt(summary: AthleteSummary, place: Place): number | null {
  const value = numberAt(summary, place)?.values[place.output];
  return typeof value === 'number' ? value : null;
}

/** How much of the session's time had values, in whole percent, cut and not rounded: 99.6 is not all. */
export function coverageOf(summary: AthleteSummary): number | null {
  const percent = numberAt(summary, PLACES.mean)?.coverage_percent;
  return percent === null || percent === undefined ? null : Math.floor(percent);
}

/** Seconds below zone 1 and in zones 1 to 5; null where no zones are known. */
export function zoneSeconds(summary: AthleteSummary): number[] | null {
  const told = summary.numbers.find(number => number.formula === 'time_in_zone')?.values['zone'];
  return Array.isArray(told) && told.every(part => typeof part === 'number') ? told : null;
}
