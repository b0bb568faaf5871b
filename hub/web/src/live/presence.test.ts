import { describe, expect, it } from 'vitest';
import type { Intervals, Reading } from './presence';
import { presenceOf } from './presence';

const NOON = 1_000_000;
const INTERVALS: Intervals = { lateAfterMs: 3000, lostAfterMs: 10_000 };
const READING: Reading = { tMs: NOON, heardMs: NOON, value: 143, quality: 'ok' };

function after(ms: number, reading: Partial<Reading> = {}, intervals = INTERVALS) {
  return presenceOf({ ...READING, ...reading }, intervals, NOON + ms);
}

describe('presenceOf', () => {
  it('is live, then late, then lost, exactly at the stated intervals', () => {
    expect([0, 2999, 3000, 9999, 10_000].map(ms => after(ms).state)).toEqual([
      'live',
      'live',
      'late',
      'late',
      'lost',
    ]);
  });

  it('takes the intervals it is given, whatever they are', () => {
    const slow: Intervals = { lateAfterMs: 15_000, lostAfterMs: 50_000 };
    expect([14_999, 15_000, 50_000].map(ms => after(ms, {}, slow).state)).toEqual(['live', 'late', 'lost']);
  });

  it('hands out no number once it is lost, and tells since when', () => {
    expect(after(9_999).value).toBe(143);
    expect(after(10_000)).toMatchObject({ value: null, sinceMs: NOON });
  });

  it('counts a late value’s age in whole seconds', () => {
    expect(after(4_900).ageS).toBe(4);
  });

  it('keeps a metric without a rhythm live', () => {
    expect(after(3_600_000, {}, { lateAfterMs: null, lostAfterMs: null }).state).toBe('live');
  });

  it('says not worn and shows no number without skin contact', () => {
    expect(after(0, { quality: 'no_contact' })).toMatchObject({ state: 'not_worn', value: null });
  });

  it('says lost, not "not worn", when a strap without contact has fallen silent', () => {
    expect(after(10_000, { quality: 'no_contact' }).state).toBe('lost');
  });

  it('shows no number that is implausible, but says that the strap is heard', () => {
    expect(after(0, { quality: 'implausible', value: 244 })).toMatchObject({
      state: 'live',
      value: null,
      quality: 'implausible',
    });
  });

  it('shows a number whose time is uncertain, with its quality', () => {
    expect(after(0, { quality: 'clock_unsynced' })).toMatchObject({ value: 143, quality: 'clock_unsynced' });
  });

  it('does not let a gateway whose clock runs ahead keep a dead strap alive', () => {
    expect(after(10_000, { tMs: NOON + 60_000 }).state).toBe('lost');
  });
});
