/**
 * Quantities as a person reads them. The API speaks UCUM throughout; what is shown and typed is turned on the way.
 *
 * Factors are exact: the international yard and pound of 1959 (NIST SP 811, appendix B.8); °F = °C × 9/5 + 32.
 */
import { useQuery } from '@tanstack/react-query';
import type { Preferences } from '@/api/preferences';
import { UNCHOSEN, preferencesQuery } from '@/api/preferences';

/** What of a person's preferences decides how quantities read. */
export type UnitChoice = Pick<Preferences, 'units' | 'temperature'>;

/** How a quantity reads: its unit, and the way from UCUM and back. */
export interface Reading {
  unit: string;
  shown: (value: number) => number;
  /** What was typed, in UCUM. */
  told: (typed: number) => number;
}

const same = (unit: string): Reading => ({ unit, shown: value => value, told: typed => typed });
const scaled = (unit: string, ucumOfOne: number): Reading => ({
  unit,
  shown: value => value / ucumOfOne,
  told: typed => typed * ucumOfOne,
});

/** UCUM codes that people write in another way. */
const WRITTEN: Readonly<Record<string, string>> = {
  '/min': 'bpm',
  '1': '',
  '{AU}': '',
  Cel: '°C',
  deg: '°',
};
const IMPERIAL: Readonly<Record<string, Reading>> = {
  m: scaled('ft', 0.3048),
  km: scaled('mi', 1.609344),
  'm/s': scaled('mph', 0.44704),
  kg: scaled('lb', 0.45359237),
};
const FAHRENHEIT: Reading = {
  unit: '°F',
  shown: value => (value * 9) / 5 + 32,
  told: typed => ((typed - 32) * 5) / 9,
};

export function readingOf(ucum: string, { units, temperature }: UnitChoice): Reading {
  if (ucum === 'Cel' && temperature === 'fahrenheit') return FAHRENHEIT;
  const imperial = units === 'imperial' ? IMPERIAL[ucum] : undefined;
  return imperial ?? same(WRITTEN[ucum] ?? ucum);
}

/** What this person chose; until that is known, what nobody has to choose. */
export function usePreferences(): Preferences {
  return useQuery(preferencesQuery).data ?? UNCHOSEN;
}
