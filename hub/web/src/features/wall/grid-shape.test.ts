import { expect, it } from 'vitest';
import { gridShape } from './grid-shape';

it.each([
  ['a television', 1904, 950],
  ['a tablet', 1164, 696],
])('shows thirty tiles on %s in six columns without scrolling', (_screen, width, height) => {
  expect(gridShape(30, width, height)).toEqual({ columns: 6, scrolls: false });
});

it('scrolls two columns on a phone', () => {
  expect(gridShape(30, 374, 650)).toEqual({ columns: 2, scrolls: true });
});

it('gives a small group large tiles', () => {
  expect(gridShape(4, 1164, 696)).toEqual({ columns: 2, scrolls: false });
});

it('has room for every tile, for every squad and screen', () => {
  for (let count = 1; count <= 60; count += 1)
    for (const [width, height] of [
      [320, 480],
      [844, 300],
      [1164, 696],
      [3840, 2000],
    ] as const)
      expect(gridShape(count, width, height).columns).toBeGreaterThan(0);
});
