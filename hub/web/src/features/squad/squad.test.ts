import { describe, expect, it } from 'vitest';
import type { AthleteLoads } from '@/formulas/loads';
import { resultOf, unknownDays } from '@/formulas/loads';
import { daysOf } from './loads';

const LOADS: AthleteLoads = {
  athlete_id: '00000000-0000-4000-8000-000000000001',
  load: [40, 0, null, 60],
  chronic: [1, 1, 1, 2],
  acute: [5, 5, 5, 12],
  results: [
    {
      formula: 'acute_chronic_ratio',
      version: 1,
      variant: 'rolling_uncoupled',
      values: { ratio: null, acute: 3 },
      units: { ratio: '1' },
      coverage_percent: 75,
      reason: 'The load of 1 of 28 days is not known; a day of rest is 0.',
      settings: {},
    },
  ],
  waiting: 0,
};

describe('days', () => {
  it('of four weeks are twenty-eight, today among them, also over a change of the clock', () => {
    expect(daysOf(4, new Date(2026, 10, 1))).toEqual({ from: '2026-10-05', to: '2026-11-01' });
  });
});

describe('loads', () => {
  it('tell a number that is missing from 0', () => {
    expect(resultOf(LOADS, 'acute_chronic_ratio', 'ratio')).toBeNull();
    expect(resultOf(LOADS, 'acute_chronic_ratio', 'acute')).toBe(3);
    expect(resultOf(LOADS, 'monotony', 'monotony')).toBeNull();
  });

  it('count days that are not known, not those of rest', () => {
    expect(unknownDays(LOADS)).toBe(1);
  });
});
