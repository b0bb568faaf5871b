import { expect, it } from 'vitest';
import { percentOfMax, zoneOf } from './zones';

it('cuts the percent off, so that 89.6 % never reads "90 %" beside Z4', () => {
  expect([percentOfMax(179.2, 200), zoneOf(179.2, 200)?.label]).toEqual([89, 'Z4']);
});

it.each([
  [99, 'Rest'],
  [100, 'Z1'],
  [119, 'Z1'],
  [120, 'Z2'],
  [140, 'Z3'],
  [160, 'Z4'],
  [180, 'Z5'],
  [215, 'Z5'],
])('puts %i of a maximum of 200 into %s', (heartRate, label) => {
  expect(zoneOf(heartRate, 200)?.label).toBe(label);
});

it('claims no zone without a maximum', () => {
  expect(zoneOf(150, null)).toBeNull();
});

it('says the same zone as the percent beside it, for every beat of every maximum', () => {
  const contradictions: string[] = [];
  for (let hrMax = 100; hrMax <= 250; hrMax += 1)
    for (let heartRate = 30; heartRate <= hrMax; heartRate += 1) {
      const tens = Math.floor(percentOfMax(heartRate, hrMax) / 10);
      const expected = Math.min(5, Math.max(0, tens - 4));
      if (zoneOf(heartRate, hrMax)?.number !== expected) contradictions.push(`${heartRate} of ${hrMax}`);
    }
  expect(contradictions).toEqual([]);
});
