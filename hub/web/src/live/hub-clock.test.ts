import { expect, it } from 'vitest';
import { HubClock } from './hub-clock';

const HUB = 1_700_000_000_000;

function clockWith(start: { wall: number; monotonic: number }) {
  const local = { ...start };
  const clock = new HubClock({ wall: () => local.wall, monotonic: () => local.monotonic });
  const pass = (ms: number) => {
    local.wall += ms;
    local.monotonic += ms;
  };
  return { clock, local, pass };
}

it('tells the hub’s time on a tablet whose clock is an hour wrong', () => {
  const { clock, pass } = clockWith({ wall: HUB - 3_600_000, monotonic: 0 });
  clock.hear(HUB);
  pass(1500);
  expect(clock.now()).toBe(HUB + 1500);
});

it('believes the least delayed message, so that one slow message makes nothing look fresher', () => {
  const { clock, pass } = clockWith({ wall: HUB, monotonic: 0 });
  clock.hear(HUB);
  pass(4000);
  clock.hear(HUB + 1000);
  expect(clock.now()).toBe(HUB + 4000);
});

it('lets time pass while the monotonic clock stood still in sleep', () => {
  const { clock, local } = clockWith({ wall: HUB, monotonic: 0 });
  clock.hear(HUB);
  local.wall += 60_000;
  expect(clock.now()).toBe(HUB + 60_000);
});

it('lets time pass while somebody sets the wall clock back', () => {
  const { clock, local } = clockWith({ wall: HUB, monotonic: 0 });
  clock.hear(HUB);
  local.wall -= 3_600_000;
  local.monotonic += 5_000;
  expect(clock.now()).toBe(HUB + 5_000);
});

it('learns anew from the first message after the clock was set forward', () => {
  const { clock, local, pass } = clockWith({ wall: HUB, monotonic: 0 });
  clock.hear(HUB);
  pass(1000);
  local.wall += 3_600_000;
  clock.hear(HUB + 1000);
  expect(clock.now()).toBe(HUB + 1000);
});

it('is the local time until the hub was heard', () => {
  const { clock } = clockWith({ wall: HUB + 7, monotonic: 0 });
  expect(clock.now()).toBe(HUB + 7);
});
