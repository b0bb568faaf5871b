import { expect, it } from 'vitest';
import type { Gateway } from './fleet';
import { lookOf, urgency } from './gateway-state';

const NOON = Date.parse('2026-12-01T12:00:00Z');

function gateway(state: Gateway['state'], heardAgoMs: number | null): Gateway {
  const heard_at = heardAgoMs === null ? null : new Date(NOON - heardAgoMs).toISOString();
  const none = { faults: [], sensors: [], buffer: null, clock: null, versions: {} };
  return { name: 'pitch-1', site: 'Pitch', state, heard_at, ...none };
}

it('is what it said while its beats come', () => {
  expect(lookOf(gateway('ok', 9_000), NOON)).toBe('ok');
  expect(lookOf(gateway('degraded', 14_000), NOON)).toBe('degraded');
});

it('is late after a beat and a half, and silent when the hub says so', () => {
  expect(lookOf(gateway('ok', 16_000), NOON)).toBe('late');
  expect(lookOf(gateway('silent', 31_000), NOON)).toBe('silent');
  expect(lookOf(gateway('never', null), NOON)).toBe('never');
});

it('puts those first where somebody must act', () => {
  const looks = ['ok', 'never', 'failed', 'silent'] as const;
  expect(looks.toSorted((one, other) => urgency(one) - urgency(other))).toEqual([
    'failed',
    'silent',
    'never',
    'ok',
  ]);
});
