import { describe, expect, it } from 'vitest';
import { beginsAt, dayOf, minutesOf, weekAfter, weekAround, weekOf } from './sessions';

describe('a week', () => {
  it('begins on Monday, also when asked on its Sunday', () => {
    expect(weekOf(new Date(2026, 10, 29, 23, 59))).toBe('2026-11-23');
    expect(weekOf(new Date(2026, 10, 23))).toBe('2026-11-23');
  });

  it('goes on over the end of the year', () => {
    expect(weekAfter('2026-12-28', 1)).toBe('2027-01-04');
    expect(weekAfter('2027-01-04', -1)).toBe('2026-12-28');
    expect(dayOf('2026-12-28', 4).getDate()).toBe(1);
  });

  it.each([
    ['monday', '2026-11-23'],
    ['sunday', '2026-11-22'],
    ['saturday', '2026-11-21'],
  ] as const)('begins on the %s of who chose that', (start, first) => {
    expect(weekOf(new Date(2026, 10, 25), start)).toBe(first); // a Wednesday
    expect(weekOf(dayOf(first, 0), start)).toBe(first);
    expect(weekOf(dayOf(first, 6), start)).toBe(first);
  });

  it('is told by any of its days that exists, and by nothing else', () => {
    expect(weekAround('2026-11-23', 'monday')).toBe('2026-11-23');
    expect(weekAround('2026-11-25', 'sunday')).toBe('2026-11-22');
    for (const wrong of ['2026-02-31', 'today', 20_261_123, undefined])
      expect(weekAround(wrong, 'monday')).toBeUndefined();
  });
});

describe('a session', () => {
  const planned = { planned_from: '2026-11-23T18:30:00Z', started_at: null, ended_at: null };

  it('lies where it began, not where it was planned', () => {
    const begun = { ...planned, started_at: '2026-11-24T00:10:00Z' };
    expect(beginsAt(begun).toISOString()).toBe('2026-11-24T00:10:00.000Z');
    expect(beginsAt(planned).toISOString()).toBe('2026-11-23T18:30:00.000Z');
  });

  it('has a length once it has ended', () => {
    expect(minutesOf(planned)).toBeNull();
    expect(minutesOf({ started_at: '2026-11-24T18:00:00Z', ended_at: '2026-11-24T19:29:40Z' })).toBe(90);
  });
});
