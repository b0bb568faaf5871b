/** Events of the live stream with everything a test does not care about filled in. */
import type { FrameEvent, SnapshotAthlete, SnapshotEvent } from '@/live/events';
import type { Quality } from '@/live/quality';

export const NOON = Date.UTC(2026, 10, 22, 12, 0, 0);

export function athlete(number: number, more: Partial<SnapshotAthlete> = {}): SnapshotAthlete {
  return {
    id: `athlete-${number}`,
    number,
    name: `Athlete ${number}`,
    hr_max: 200,
    team_id: 'team-1',
    sensor: { id: number, label: `hr-${number}`, kind: 'heart_rate' },
    values: {},
    trend: { t_ms: [], value: [] },
    ...more,
  };
}

export function snapshot(athletes: SnapshotAthlete[], more: Partial<SnapshotEvent> = {}): SnapshotEvent {
  return {
    now_ms: NOON,
    metrics: [
      {
        name: 'heart_rate',
        unit: '/min',
        low: 20,
        high: 250,
        interval_ms: 1000,
        late_after_ms: 3000,
        lost_after_ms: 10_000,
      },
    ],
    athletes,
    gateways: [],
    gap: null,
    ...more,
  };
}

export function frame(nowMs: number, ...values: FrameEvent['values']): FrameEvent {
  return { now_ms: nowMs, values };
}

export function beat(
  number: number,
  tMs: number,
  value: number,
  quality: Quality = 'ok',
): FrameEvent['values'][number] {
  return { athlete: `athlete-${number}`, metric: 'heart_rate', t_ms: tMs, value, quality };
}
