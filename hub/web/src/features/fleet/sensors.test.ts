import { expect, it } from 'vitest';
import type { Gateway, GatewaySensor } from './fleet';
import type { MetricHeard, Sensor } from './sensors';
import { needsAttention, sensorsNow, verdictOf } from './sensors';

const strap: Sensor = {
  id: 7,
  address: 'A0',
  kind: 'heart_rate',
  label: 'hr-07',
  added_at: '2026-01-01T00:00:00Z',
  retired_at: null,
};

function told(state: string, more: Partial<GatewaySensor> = {}): GatewaySensor {
  return {
    name: 'hr-07',
    address: 'A0',
    kind: 'heart_rate',
    state,
    rssi: -60,
    battery: 90,
    heard_at: null,
    ...more,
  };
}

function gateway(name: string, state: Gateway['state'], sensors: GatewaySensor[]): Gateway {
  return {
    name,
    site: 'Pitch',
    state,
    heard_at: null,
    faults: [],
    sensors,
    buffer: null,
    clock: null,
    versions: {},
  };
}

it('is told by the gateway that heard it last', () => {
  const [now] = sensorsNow(
    [strap],
    [
      gateway('a', 'ok', [told('lost', { heard_at: '2026-12-01T11:00:00Z' })]),
      gateway('b', 'ok', [told('live', { heard_at: '2026-12-01T12:00:00Z' })]),
    ],
    [],
  );
  expect([now?.look, now?.gateway]).toEqual(['live', 'b']);
});

it('is not heard where only a silent gateway knew of it', () => {
  const [now] = sensorsNow([strap], [gateway('a', 'silent', [told('live')])], []);
  expect([now?.look, now?.gateway]).toEqual(['unheard', null]);
});

it('needs attention when it is lost, its battery is low, or its wearer is not heard', () => {
  const wearer = { sensor_id: 7, athlete_id: 'x', number: 7, initials: 'AS', since: '2026-12-01T10:00:00Z' };
  const attention = (sensors: GatewaySensor[], wearers: (typeof wearer)[] = []) =>
    sensorsNow([strap], [gateway('a', 'ok', sensors)], wearers).map(needsAttention)[0];
  expect(attention([told('live')])).toBe(false);
  expect(attention([told('live', { battery: 20 })])).toBe(true);
  expect(attention([told('lost')])).toBe(true);
  expect(attention([])).toBe(false);
  expect(attention([], [wearer])).toBe(true);
});

const rate = (heard: number, good = heard): MetricHeard => ({
  gateway: 'a',
  metric: 'heart_rate',
  unit: '/min',
  heard,
  good,
  expected: 15,
  last_at: '2026-12-01T12:00:00Z',
  value: 60,
});

it('is judged by how much came, and how good it was', () => {
  const battery: MetricHeard = { ...rate(1), metric: 'battery_level', expected: null };
  expect(verdictOf([rate(14), battery])).toBe('well');
  expect(verdictOf([battery, rate(9)])).toBe('gaps');
  expect(verdictOf([rate(14, 3)])).toBe('contact');
  expect(verdictOf([])).toBe('dead');
});
