import { expect, it } from 'vitest';
import { fromLocalField, toLocalField } from '@/live/times';
import { bordersOf, rangeOf, searchOf } from './time-range';

const NOON = Date.UTC(2026, 10, 22, 12);

it('moves a preset with the clock', () => {
  expect(bordersOf(rangeOf({ range: '1h' }), NOON)).toEqual([NOON - 3_600_000, NOON]);
});

it('keeps a stretch of the past where it is', () => {
  expect(bordersOf(rangeOf(searchOf(NOON - 5000, NOON)), NOON + 99_999)).toEqual([NOON - 5000, NOON]);
});

it.each([[{}], [{ from: 'never', to: 'nowhere' }], [searchOf(NOON, NOON - 1)]])(
  'shows the last ten minutes for an address it does not understand: %o',
  search => {
    expect(rangeOf(search)).toMatchObject({ kind: 'last', preset: '10m' });
  },
);

it('brings a time through the fields unchanged', () => {
  expect(fromLocalField(toLocalField(NOON + 7000))).toBe(NOON + 7000);
});
