import { beforeEach, expect, it, vi } from 'vitest';
import { HubUnreachable, Problem } from '@/api/problem';
import type { Tap } from './taps';
import { Taps } from './taps';

const NOON = Date.UTC(2026, 10, 22, 12);
const PHASE = { what: 'phases', name: 'Warm-up' } as const;

let isAway: boolean;
let told: Tap[];
let takenBack: string[];

const wire = {
  tell: async (tap: Tap) => {
    if (isAway) throw new HubUnreachable();
    told.push(tap);
    return [`made-${told.length}`];
  },
  takeBack: async (_tap: Tap, id: string) => {
    if (isAway) throw new HubUnreachable();
    takenBack.push(id);
  },
};

beforeEach(() => {
  localStorage.clear();
  [isAway, told, takenBack] = [false, [], []];
});

it('tells the hub the time at which it was tapped, once, however late', async () => {
  isAway = true;
  const before = new Taps(wire);
  before.tap('s', PHASE, NOON);
  await vi.waitFor(() => expect(before.all()[0]?.isTried).toBe(true));
  isAway = false;
  const after = new Taps(wire); // the page was loaded anew
  await after.deliver();
  await after.deliver();
  expect(told.map(({ at, said }) => [at, said.name])).toEqual([['2026-11-22T12:00:00.000Z', 'Warm-up']]);
});

it('takes back what the hub was told', async () => {
  const taps = new Taps(wire);
  taps.tap('s', PHASE, NOON);
  await vi.waitFor(() => expect(taps.all()[0]?.made).toEqual(['made-1']));
  taps.undo(taps.all()[0]?.key ?? '');
  await vi.waitFor(() => expect(taps.all()).toEqual([]));
  expect(takenBack).toEqual(['made-1']);
});

it('takes back what may have been told though its answer was lost: it is told again, then taken back', async () => {
  isAway = true;
  const taps = new Taps(wire);
  taps.tap('s', PHASE, NOON);
  await vi.waitFor(() => expect(taps.all()[0]?.isTried).toBe(true));
  taps.undo(taps.all()[0]?.key ?? '');
  isAway = false;
  await vi.waitFor(async () => {
    await taps.deliver();
    expect(taps.all()).toEqual([]);
  });
  expect(told).toHaveLength(1);
  expect(takenBack).toEqual(['made-1']);
});

it('keeps the order of taps, and goes on after one that the hub refuses', async () => {
  const no = new Problem(409, { detail: 'The session has not begun.' });
  const taps = new Taps({
    ...wire,
    tell: tap => (tap.said.name === 'No' ? Promise.reject(no) : wire.tell(tap)),
  });
  for (const name of ['One', 'No', 'Two']) taps.tap('s', { what: 'markers', name }, NOON);
  await vi.waitFor(() => expect(told.map(({ said }) => said.name)).toEqual(['One', 'Two']));
  expect(taps.refused()).toMatchObject([{ tap: { said: { name: 'No' } }, error: no }]);
});

it('tells nothing of one person under the name of the next', async () => {
  isAway = true;
  const taps = new Taps(wire);
  taps.tap('s', PHASE, NOON);
  taps.clear();
  isAway = false;
  await taps.deliver();
  await new Taps(wire).deliver(); // nor after the page was loaded anew
  expect(told).toEqual([]);
});
