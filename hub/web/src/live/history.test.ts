import { expect, it } from 'vitest';
import { History } from './history';

function filled(count: number): History {
  const history = new History();
  for (let index = 0; index < count; index += 1) history.push(index * 1000, index);
  return history;
}

it('keeps the newest 4096 values, oldest first', () => {
  const history = filled(5000);
  expect([history.length, history.value(0), history.value(4095)]).toEqual([4096, 904, 4999]);
});

it('leaves out what is not newer than the newest', () => {
  const history = filled(3);
  expect([history.push(2000, 99), history.push(1500, 99)]).toEqual([false, false]);
  expect([history.length, history.value(2)]).toEqual([3, 2]);
});

it('finds the first value at or after a time, also where the ring has turned', () => {
  const history = filled(5000);
  expect(history.value(history.firstFrom(4_500_500))).toBe(4501);
  expect(history.firstFrom(9_999_999)).toBe(4096);
});
