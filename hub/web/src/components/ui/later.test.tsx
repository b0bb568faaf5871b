import { act, render, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { later } from './later';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a part whose file cannot be had is asked for again, and the rest stands meanwhile', async () => {
  const load = vi
    .fn<() => Promise<() => string>>()
    .mockRejectedValueOnce(new TypeError('Failed to fetch'))
    .mockRejectedValueOnce(new TypeError('Failed to fetch'))
    .mockResolvedValue(() => 'trend');
  const Part = later(load);
  render(
    <p>
      168
      <Suspense>
        <Part />
      </Suspense>
    </p>,
  );
  await act(() => vi.advanceTimersByTimeAsync(2_900));
  expect(screen.getByText('168').textContent).toBe('168');
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(screen.getByText('168trend').textContent).toBe('168trend');
  expect(load).toHaveBeenCalledTimes(3);
});
