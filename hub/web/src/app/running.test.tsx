/** A running session against the stub hub: one tap each, with its way back. */
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeEventSource } from '@/testing/fake-event-source';
import { athlete, beat, frame, snapshot } from '@/testing/live-events';
import { hub } from '@/testing/set-up';
import { openApp } from './open-app';

let person: ReturnType<typeof userEvent.setup>;
let now: number;

beforeEach(() => {
  person = userEvent.setup();
  hub.current.signedIn = true;
  now = Date.now();
  Object.assign(hub.current.day.sessions[1] ?? {}, {
    state: 'running',
    started_at: new Date(now - 605_000).toISOString(),
  });
});

async function openWall(): Promise<HTMLElement> {
  openApp('/');
  const bar = await screen.findByRole('region', { name: 'Running session' });
  act(() => FakeEventSource.newest.open());
  act(() =>
    FakeEventSource.newest.say(
      'snapshot',
      snapshot([athlete(4, { id: hub.current.day.athlete(4) })], { now_ms: now }),
    ),
  );
  await within(bar).findByRole('button', { name: 'Warm-up' });
  return bar;
}

describe('the bar of a running session', () => {
  it('counts its clock, begins a phase in one tap, and takes it back', async () => {
    const bar = await openWall();
    expect(bar).toHaveTextContent(/10:0\d/);
    await person.click(within(bar).getByRole('button', { name: 'Warm-up' }));
    expect(within(bar).getByRole('button', { name: 'Warm-up' })).toHaveAttribute('aria-pressed', 'true');
    await waitFor(() => expect(hub.current.day.taps).toHaveLength(1));
    const at = hub.current.day.taps[0]?.at ?? '';
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
    await person.click(within(bar).getByRole('button', { name: /^Undo/ }));
    await waitFor(() =>
      expect(within(bar).getByRole('button', { name: 'Warm-up' })).toHaveAttribute('aria-pressed', 'false'),
    );
  });

  it('puts an athlete on the bench, which the tile says in a word and by its shape', async () => {
    const bar = await openWall();
    await person.click(within(bar).getByRole('button', { name: 'Line-up' }));
    await person.click(await screen.findByRole('button', { name: 'D. Sousa: Bench' }));
    await person.click(screen.getByRole('button', { name: 'Close' }));
    const tile = screen.getByRole('link', { name: /Athlete 4/ });
    await waitFor(() => expect(tile).toHaveTextContent('Bench'));
    expect(tile).toHaveClass('border-double');
    act(() =>
      FakeEventSource.newest.say(
        'frame',
        frame(now, { ...beat(4, now, 140), athlete: hub.current.day.athlete(4) }),
      ),
    );
    await waitFor(() => expect(tile).toHaveTextContent('140')); // the control: it goes on being measured
  });

  it('keeps taps while the hub is away, and says so', async () => {
    const bar = await openWall();
    hub.current.away = true;
    await person.click(within(bar).getByRole('button', { name: 'Marker' }));
    expect(await within(bar).findByText(/One tap waits/, undefined)).toBeVisible();
    hub.current.away = false;
    act(() => void window.dispatchEvent(new Event('online')));
    await waitFor(() => expect(hub.current.day.taps.map(({ path }) => path)).toEqual(['markers']));
  });

  it('asks before it ends the session, and leads to its review', async () => {
    const bar = await openWall();
    await person.click(within(bar).getByRole('button', { name: 'End' }));
    expect(hub.current.day.sessions[1]?.state).toBe('running');
    await person.click(screen.getByRole('button', { name: 'End it now' }));
    expect(await screen.findByRole('heading', { name: 'Review: Against the harbour side' })).toBeVisible();
    expect(hub.current.day.sessions[1]?.state).toBe('ended');
  });

  it('is told on the page of the session, too, also after its end', async () => {
    const { id = '' } = hub.current.day.sessions[0] ?? {};
    hub.current.day
      .timeline(id)
      .markers.push({ id: 'm', at: new Date(now).toISOString(), name: 'Goal', athlete_id: null });
    openApp(`/sessions/${id}`);
    expect(await screen.findByText('Goal')).toBeVisible();
  });
});
