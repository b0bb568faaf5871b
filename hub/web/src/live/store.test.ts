import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NOON, athlete, beat, frame, snapshot } from '@/testing/live-events';
import { HubClock } from './hub-clock';
import { LiveStore } from './store';

let localMs: number;
let frames: (() => void)[];
let store: LiveStore;

/** Draws what is due, as the browser does once per animation frame. */
function draw(): void {
  for (const due of frames.splice(0)) due();
}

function passTime(ms: number): void {
  localMs += ms;
  store.tick();
  draw();
}

function shown(number: number) {
  return store.presence(`athlete-${number}`);
}

function withNumber(...numbers: number[]): number[] {
  return numbers.filter(number => shown(number).value !== null);
}

beforeEach(() => {
  localMs = 5_000;
  frames = [];
  const clock = new HubClock({ wall: () => localMs, monotonic: () => localMs });
  store = new LiveStore(clock, { frame: callback => void frames.push(callback) });
});

describe('what arrives', () => {
  it('shows athletes in the order of their numbers, whatever order the hub tells', () => {
    store.applySnapshot(snapshot([athlete(23), athlete(4), athlete(11)]));
    expect(store.roster()?.map(entry => entry.number)).toEqual([4, 11, 23]);
  });

  it('keeps the newest value when messages come out of order or twice', () => {
    store.applySnapshot(snapshot([athlete(1)]));
    store.applyFrame(frame(NOON, beat(1, NOON - 100, 150)));
    store.applyFrame(frame(NOON, beat(1, NOON - 1100, 140), beat(1, NOON - 100, 150)));
    draw();
    expect([shown(1).value, store.history('athlete-1')?.length]).toEqual([150, 1]);
  });

  it('leaves out values of somebody who is not on the wall', () => {
    store.applySnapshot(snapshot([athlete(1)]));
    store.applyFrame(frame(NOON, beat(9, NOON, 150)));
    draw();
    expect(store.lastValueMs()).toBeNull();
  });

  it('draws a minute from the first snapshot on', () => {
    const trend = { t_ms: [NOON - 2000, NOON - 1000], value: [120, 121] };
    const values = { heart_rate: { t_ms: NOON, value: 122, quality: 'ok' as const } };
    store.applySnapshot(snapshot([athlete(1, { trend, values })]));
    expect(store.history('athlete-1')?.length).toBe(3);
  });

  it('keeps the history across a reconnection, but not the reading', () => {
    store.applySnapshot(snapshot([athlete(1)]));
    store.applyFrame(frame(NOON, beat(1, NOON, 150)));
    store.applySnapshot(snapshot([athlete(1)]));
    draw();
    expect([shown(1).state, store.history('athlete-1')?.length]).toEqual(['waiting', 1]);
  });

  it('forgets the history when another strap is worn', () => {
    store.applySnapshot(snapshot([athlete(1)]));
    store.applyFrame(frame(NOON, beat(1, NOON, 150)));
    store.applySnapshot(snapshot([athlete(1, { sensor: { id: 99, label: 'hr-99', kind: 'heart_rate' } })]));
    expect(store.history('athlete-1')?.length).toBe(0);
  });

  it('ends a gap with the next value or with the word that it is over', () => {
    store.applySnapshot(snapshot([athlete(1)], { gap: { reason: 'database_away', since_ms: NOON } }));
    expect(store.gap()?.reason).toBe('database_away');
    store.applyFrame(frame(NOON));
    expect(store.gap()).not.toBeNull();
    store.applyFrame(frame(NOON, beat(1, NOON, 150)));
    expect(store.gap()).toBeNull();
    store.applyGap({ reason: 'missed', since_ms: NOON });
    store.applyGap({ reason: 'over', since_ms: NOON });
    expect(store.gap()).toBeNull();
  });
});

describe('what is shown', () => {
  it('turns live into late into lost by time alone, without a single message', () => {
    store.applySnapshot(snapshot([athlete(1)]));
    store.applyFrame(frame(NOON, beat(1, NOON, 150)));
    draw();
    const seen = [shown(1).state];
    for (let second = 1; second <= 10; second += 1) {
      passTime(1000);
      seen.push(shown(1).state);
    }
    expect(seen.join(' ')).toBe('live live live late late late late late late late lost');
  });

  it('never shows a frozen number: whatever falls silent, no value is left after the lost interval', () => {
    store.applySnapshot(snapshot([athlete(1), athlete(2), athlete(3)]));
    store.applyFrame(frame(NOON, beat(1, NOON, 150), beat(2, NOON, 151), beat(3, NOON, 152)));
    draw();
    expect(withNumber(1, 2, 3)).toEqual([1, 2, 3]); // the control: they were shown
    passTime(9_000);
    store.applyFrame(frame(NOON + 9_000, beat(2, NOON + 9_000, 155)));
    passTime(1_000);
    expect(withNumber(1, 2, 3)).toEqual([2]);
  });

  it('is late by the intervals that the hub states, not by its own', () => {
    const slow = { name: 'heart_rate', unit: '/min', low: 20, high: 250, interval_ms: 5000 };
    store.applySnapshot(
      snapshot([athlete(1)], { metrics: [{ ...slow, late_after_ms: 15_000, lost_after_ms: 50_000 }] }),
    );
    store.applyFrame(frame(NOON, beat(1, NOON, 150)));
    passTime(14_000);
    expect(shown(1).state).toBe('live');
    passTime(1_000);
    expect(shown(1).state).toBe('late');
  });

  it('shows an old value of a snapshot as old', () => {
    const values = { heart_rate: { t_ms: NOON - 60_000, value: 122, quality: 'ok' as const } };
    store.applySnapshot(snapshot([athlete(1, { values })]));
    draw();
    expect(shown(1).state).toBe('lost');
  });

  it('tells nobody worn, nobody heard and not worn apart', () => {
    store.applySnapshot(snapshot([athlete(1, { sensor: null }), athlete(2), athlete(3)]));
    store.applyFrame(frame(NOON, beat(3, NOON, 0, 'no_contact')));
    draw();
    expect([1, 2, 3].map(number => shown(number).state)).toEqual(['no_sensor', 'waiting', 'not_worn']);
    expect(store.tally()).toMatchObject({ no_sensor: 1, waiting: 1, not_worn: 1, live: 0 });
  });

  it('breaks the trend where a value may not be believed', () => {
    store.applySnapshot(snapshot([athlete(1)]));
    store.applyFrame(frame(NOON, beat(1, NOON, 244, 'implausible')));
    expect(store.history('athlete-1')?.value(0)).toBeNaN();
  });
});

describe('who is told', () => {
  it('tells only the tile whose picture changed, once for all messages between two frames', () => {
    store.applySnapshot(snapshot([athlete(1), athlete(2)]));
    draw();
    const [first, second] = [vi.fn<() => void>(), vi.fn<() => void>()];
    store.subscribePresence('athlete-1', first);
    store.subscribePresence('athlete-2', second);
    store.applyFrame(frame(NOON, beat(1, NOON, 150)));
    store.applyFrame(frame(NOON, beat(1, NOON + 250, 151)));
    expect(frames).toHaveLength(1);
    draw();
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 0]);
  });

  it('leaves a steady tile alone while only time passes', () => {
    store.applySnapshot(snapshot([athlete(1)]));
    store.applyFrame(frame(NOON, beat(1, NOON, 150)));
    draw();
    const told = vi.fn<() => void>();
    store.subscribePresence('athlete-1', told);
    passTime(900);
    expect(told).not.toHaveBeenCalled();
  });
});

it('knows who is off play in each of several sessions, and tells when that changes', () => {
  const told = vi.fn<() => void>();
  store.subscribePresence('athlete-1', told);
  store.setPlay('red', new Map([['athlete-1', 'bench']]));
  store.setPlay('blue', new Map([['athlete-9', 'unavailable']]));
  expect([store.play('athlete-1'), store.play('athlete-9'), store.play('athlete-2')]).toEqual([
    'bench',
    'unavailable',
    null,
  ]);
  store.setPlay('red', new Map());
  expect(store.play('athlete-1')).toBeNull();
  expect(told).toHaveBeenCalledTimes(2);
});
