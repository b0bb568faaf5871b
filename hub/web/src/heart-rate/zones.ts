/** Heart-rate zones as shares of the athlete's maximum: five bands of ten points from 50 % (Edwards 1993). */

export type ZoneNumber = 0 | 1 | 2 | 3 | 4 | 5;

export interface Zone {
  number: ZoneNumber;
  label: string;
  name: string;
  /** Lower border in percent of the maximum; it belongs to this zone. */
  fromPercent: number;
}

/** Below zone 1 no zone is claimed: the tile says "Rest" and fills no bar. */
export const REST: Zone = { number: 0, label: 'Rest', name: 'below zone 1', fromPercent: 0 };

export const ZONES: readonly Zone[] = [
  { number: 1, label: 'Z1', name: 'very light', fromPercent: 50 },
  { number: 2, label: 'Z2', name: 'light', fromPercent: 60 },
  { number: 3, label: 'Z3', name: 'moderate', fromPercent: 70 },
  { number: 4, label: 'Z4', name: 'hard', fromPercent: 80 },
  { number: 5, label: 'Z5', name: 'maximum', fromPercent: 90 },
];

/** Percent of the maximum, cut off and not rounded: 89.6 shown as "90 %" beside "Z4" would contradict itself. */
export function percentOfMax(heartRate: number, hrMax: number): number {
  return Math.floor((heartRate * 100) / hrMax);
}

/** The zone of a heart rate, or null when the athlete's maximum is not known. */
export function zoneOf(heartRate: number, hrMax: number | null): Zone | null {
  if (hrMax === null || hrMax <= 0) return null;
  const percent = percentOfMax(heartRate, hrMax);
  return ZONES.findLast(zone => percent >= zone.fromPercent) ?? REST;
}
