import { expect, it } from 'vitest';
import { readingOf } from './units';

const METRIC = { units: 'metric', temperature: 'celsius' } as const;
const IMPERIAL = { units: 'imperial', temperature: 'fahrenheit' } as const;

it.each([
  // a marathon's 42.195 km are 26 miles and 385 yards (World Athletics, rule 240): 26 + 385/1760
  ['km', 42.195, 'mi', 26.21875],
  ['kg', 70, 'lb', 154.3236],
  // 10 m/s are 36 km/h
  ['m/s', 10, 'mph', 22.3694],
  ['m', 100, 'ft', 328.084],
  ['Cel', 38.5, '°F', 101.3],
  ['Cel', -40, '°F', -40],
])('reads %s %d as %s', (ucum, value, unit, read) => {
  const reading = readingOf(ucum, IMPERIAL);
  expect(reading.unit).toBe(unit);
  expect(reading.shown(value)).toBeCloseTo(read, 3);
  expect(reading.told(reading.shown(value))).toBeCloseTo(value, 9);
});

it.each([
  ['Cel', '°C'],
  ['/min', 'bpm'],
  ['1', ''],
  ['W', 'W'],
])('leaves %s as it is for who thinks in metres: %s', (ucum, unit) => {
  const reading = readingOf(ucum, METRIC);
  expect([reading.unit, reading.shown(38.5), reading.told(38.5)]).toEqual([unit, 38.5, 38.5]);
});

it('lets temperatures and lengths be chosen apart', () => {
  expect(readingOf('Cel', { units: 'imperial', temperature: 'celsius' }).unit).toBe('°C');
  expect(readingOf('kg', { units: 'metric', temperature: 'fahrenheit' }).unit).toBe('kg');
});
