import { expect, it } from 'vitest';
import { History } from '@/live/history';
import type { SampleColumns } from './chart-columns';
import { NO_COLUMNS, chartColumns, commonExtremes, extremes, gapOf, gapsIn } from './chart-columns';

const GAP_MS = 3000;

function past(
  points: [t: number, value: number, quality?: 'ok' | 'no_contact' | 'implausible' | 'estimated'][],
): SampleColumns {
  const value = points.map(point => point[1]);
  return {
    t: points.map(point => point[0]),
    value,
    low: value,
    high: value,
    quality: points.map(point => point[2] ?? 'ok'),
  };
}

it('leaves a gap a gap: a null stands where nothing was measured', () => {
  const columns = chartColumns(
    past([
      [0, 100],
      [1000, 101],
      [9000, 102],
    ]),
    undefined,
    GAP_MS,
  );
  expect(columns.value).toEqual([100, 101, null, 102]);
  expect(gapsIn(columns, GAP_MS)).toEqual([{ fromMs: 1000, toMs: 9000 }]);
});

it('keeps the gaps that the hub tells itself', () => {
  const told = {
    ...past([
      [0, 100],
      [1000, 101],
    ]),
    value: [100, null],
    quality: ['ok' as const, null],
  };
  expect(chartColumns(told, undefined, GAP_MS).value).toEqual([100, null]);
});

it('joins what is closer than a gap', () => {
  expect(
    chartColumns(
      past([
        [0, 100],
        [3000, 101],
      ]),
      undefined,
      GAP_MS,
    ).value,
  ).toEqual([100, 101]);
});

it('draws no value that may not be believed, but marks its time', () => {
  const columns = chartColumns(
    past([
      [0, 100],
      [1000, 244, 'implausible'],
      [2000, 101],
    ]),
    undefined,
    GAP_MS,
  );
  expect([columns.value, columns.marks]).toEqual([
    [100, 101],
    [{ fromMs: 1000, toMs: 1000, quality: 'implausible' }],
  ]);
  expect(extremes(columns)).toEqual([100, 101]);
});

it('draws and marks a value that is shown with a reservation', () => {
  const columns = chartColumns(
    past([
      [0, 100, 'estimated'],
      [1000, 101, 'estimated'],
    ]),
    undefined,
    GAP_MS,
  );
  expect([columns.value, columns.marks]).toEqual([
    [100, 101],
    [{ fromMs: 0, toMs: 1000, quality: 'estimated' }],
  ]);
});

it('goes on with live values after the last one of the past, none of them twice', () => {
  const tail = new History();
  for (const t of [0, 1000, 2000, 3000]) tail.push(t, 120 + t / 1000);
  const columns = chartColumns(
    past([
      [0, 100],
      [1000, 101],
    ]),
    tail,
    GAP_MS,
  );
  expect([columns.t, columns.value]).toEqual([
    [0, 1000, 2000, 3000],
    [100, 101, 122, 123],
  ]);
});

it('shows nothing from nothing', () => {
  expect(extremes(chartColumns(NO_COLUMNS, undefined, GAP_MS))).toBeNull();
});

it('takes three columns of pixels for a gap where values were thinned, else the metric’s own word', () => {
  expect([gapOf(3000, 600_000, 1000), gapOf(3000, 86_400_000, 1000)]).toEqual([3000, 259_200]);
});

const around = (...value: number[]) =>
  chartColumns(
    {
      t: value.map((_, index) => 1000 * index),
      value,
      low: value.map(one => one - 5),
      high: value.map(one => one + 5),
      quality: value.map(() => 'ok' as const),
    },
    undefined,
    3000,
  );

it('puts several charts on one scale: the lowest and highest of any, and what each must show', () => {
  expect(commonExtremes([around(100, 120), around(), around(90, 150)], [180, 200])).toEqual([85, 200]);
  expect(commonExtremes([around()], [])).toBeNull();
});
