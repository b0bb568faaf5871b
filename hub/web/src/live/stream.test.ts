import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEventSource } from '@/testing/fake-event-source';
import { STREAM_TABLE, nextStreamState } from './stream-states';
import { LiveStream, MUTE_AFTER_MS, STALE_AFTER_MS, retryDelayMs } from './stream';

const handlers = {
  snapshot: vi.fn<() => void>(),
  frame: vi.fn<() => void>(),
  fleet: vi.fn<() => void>(),
  gap: vi.fn<() => void>(),
  alert: vi.fn<() => void>(),
  failed: vi.fn<() => void>(),
};

let stream: LiveStream;

function opened(): FakeEventSource {
  FakeEventSource.newest.open();
  return FakeEventSource.newest;
}

beforeEach(() => {
  vi.useFakeTimers();
  for (const handler of Object.values(handlers)) handler.mockClear();
  stream = new LiveStream('/api/v1/live?team=t', handlers, {
    open: url => new FakeEventSource(url) as unknown as EventSource,
    random: () => 0.5,
    now: () => Date.now(),
  });
  stream.start();
});

afterEach(() => {
  stream.stop();
  vi.useRealTimers();
});

describe('a stream that breaks', () => {
  it('is opened again after a pause, from the last event heard', () => {
    opened().say('frame', { now_ms: 1, values: [] }, 'boot-41');
    FakeEventSource.newest.fail();
    expect(stream.status().state).toBe('waiting');
    vi.advanceTimersByTime(999);
    expect(FakeEventSource.opened).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeEventSource.newest.url).toBe('/api/v1/live?team=t&resume=boot-41');
    expect(FakeEventSource.opened[0]?.isClosed).toBe(true);
  });

  it('asks each time whether we are still signed in', () => {
    FakeEventSource.newest.fail();
    expect(handlers.failed).toHaveBeenCalledOnce();
  });

  it('waits longer each time, with jitter, from 1 s to 30 s', () => {
    expect([0, 1, 2, 3, 10].map(failures => retryDelayMs(failures, 1))).toEqual([
      1000, 2000, 4000, 8000, 30_000,
    ]);
    expect(retryDelayMs(10, 0)).toBe(15_000);
  });

  it('starts with the shortest pause again once something was heard', () => {
    for (let tries = 0; tries < 4; tries += 1) {
      FakeEventSource.newest.fail();
      vi.advanceTimersByTime(30_000);
    }
    opened().say('frame', { now_ms: 1, values: [] });
    FakeEventSource.newest.fail();
    expect((stream.status().retryAtMs ?? 0) - Date.now()).toBe(1000);
  });

  it('does not hear what a stream given up still says', () => {
    const old = opened();
    old.fail();
    old.say('frame', { now_ms: 1, values: [] });
    expect(handlers.frame).not.toHaveBeenCalled();
  });

  it('takes half an event for a broken stream', () => {
    opened().sayText('frame', '{"now_ms": 17');
    expect([stream.status().state, handlers.frame.mock.calls.length]).toEqual(['waiting', 0]);
  });
});

describe('a stream that falls silent', () => {
  it('is stale after 5 s and fresh with the next event', () => {
    opened().say('frame', { now_ms: 1, values: [] });
    vi.advanceTimersByTime(STALE_AFTER_MS - 1000);
    expect(stream.status().stale).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(stream.status().stale).toBe(true);
    FakeEventSource.newest.say('frame', { now_ms: 1, values: [] });
    expect(stream.status().stale).toBe(false);
  });

  it('is given up when it stays silent', () => {
    opened();
    vi.advanceTimersByTime(MUTE_AFTER_MS);
    expect(stream.status().state).toBe('waiting');
  });

  it('is opened at once when the page is seen again, but left alone while it flows', () => {
    opened().say('frame', { now_ms: 1, values: [] });
    stream.wake();
    expect(FakeEventSource.opened).toHaveLength(1);
    vi.setSystemTime(Date.now() + 60_000);
    stream.wake();
    expect(FakeEventSource.opened).toHaveLength(2);
  });
});

describe('a stream that is ended', () => {
  it('comes again after the time that the hub names', () => {
    opened().say('bye', { retry_ms: 4000, reason: 'stopping' });
    vi.advanceTimersByTime(3999);
    expect(FakeEventSource.opened).toHaveLength(1);
    vi.advanceTimersByTime(2000);
    expect(FakeEventSource.opened).toHaveLength(2);
  });

  it('stays closed when we leave', () => {
    opened();
    stream.stop();
    vi.advanceTimersByTime(120_000);
    expect([FakeEventSource.opened.length, FakeEventSource.newest.isClosed]).toEqual([1, true]);
  });

  it('is not woken once it is closed', () => {
    stream.stop();
    stream.wake();
    expect(FakeEventSource.opened).toHaveLength(1);
  });
});

it('knows no way out of a state but those in its table', () => {
  expect(nextStreamState('closed', 'due')).toBe('closed');
  for (const ways of Object.values(STREAM_TABLE))
    for (const state of Object.values(ways)) expect(Object.keys(STREAM_TABLE)).toContain(state);
});
