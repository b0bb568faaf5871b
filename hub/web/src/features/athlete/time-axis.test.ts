import { expect, it } from 'vitest';
import { axisLabels } from './time-axis';

const QUARTER_PAST = new Date(2026, 10, 22, 21, 15).getTime();

it('labels a tick that fell a fraction short with the minute that it stands for', () => {
  expect(axisLabels([QUARTER_PAST - 0.0002, QUARTER_PAST + 59_999.9], 60_000)).toEqual(['21:15', '21:16']);
});

it('tells seconds where ticks are closer than a minute', () => {
  expect(axisLabels([QUARTER_PAST + 30_000], 30_000)).toEqual(['21:15:30']);
});

it('tells the day where it changes', () => {
  const midnight = new Date(2026, 10, 23).getTime();
  expect(axisLabels([midnight - 3_600_000, midnight, midnight + 3_600_000], 3_600_000)).toEqual([
    '23:00',
    '23 Nov',
    '01:00',
  ]);
});
