/** A strap swapped against the stub hub: two taps, back-dated, and the figures that follow. */
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { FakeEventSource } from '@/testing/fake-event-source';
import { athlete, snapshot } from '@/testing/live-events';
import { hub } from '@/testing/set-up';
import { openApp } from './open-app';

const TEAM = '00000000-0000-4000-8000-000000009001';

let person: ReturnType<typeof userEvent.setup>;

beforeEach(() => {
  person = userEvent.setup();
  hub.current.signedIn = true;
});

async function openSwap(): Promise<HTMLElement> {
  openApp('/');
  await screen.findByRole('heading', { name: 'Live wall' });
  const ours = { team_id: TEAM, sensor: null };
  act(() =>
    FakeEventSource.newest.say(
      'snapshot',
      snapshot(
        [
          athlete(1, { ...ours, id: hub.current.day.athlete(1), name: 'A. Silva' }),
          athlete(9, { team_id: TEAM, name: 'I. Oliveira' }),
        ],
        { now_ms: Date.now() },
      ),
    ),
  );
  await person.click(await screen.findByRole('button', { name: 'Swap the strap of A. Silva' }));
  return screen.findByRole('dialog');
}

it('takes two taps, and is now unless the slider says otherwise', async () => {
  const dialog = await openSwap();
  await person.click(await within(dialog).findByRole('button', { name: /hr-31, -58 dBm/ }));
  expect(await within(dialog).findByText(/hr-31 belongs to A\. Silva since/)).toBeVisible();
  expect(hub.current.day.swaps).toEqual([
    { sensor_id: 131, athlete_id: hub.current.day.athlete(1), exchange: false },
  ]);
});

it('is back-dated by the slider, exchanges two, and says what changed', async () => {
  const dialog = await openSwap();
  fireEvent.change(within(dialog).getByRole('slider'), { target: { value: '-120' } });
  expect(within(dialog).getByText(/120 min ago/)).toBeVisible();
  hub.current.day.computedMs = Date.now() + 60_000;
  await person.click(within(dialog).getByRole('button', { name: 'hr-9 of I. Oliveira' }));
  expect(
    await within(dialog).findByText('I. Oliveira has the other one from then on.', { exact: false }),
  ).toBeVisible();
  const [swap] = hub.current.day.swaps;
  expect(swap).toMatchObject({ sensor_id: 9, exchange: true });
  expect(Math.abs(Date.parse(swap?.from ?? '') - (Date.now() - 120 * 60_000))).toBeLessThan(60_000);
  expect(await within(dialog).findByText('revised +2 %')).toBeVisible();
});

it('waits with the figures until they are computed anew', async () => {
  const dialog = await openSwap();
  fireEvent.change(within(dialog).getByRole('slider'), { target: { value: '-120' } });
  await person.click(await within(dialog).findByRole('button', { name: /hr-31/ }));
  expect(await within(dialog).findByText(/being computed anew/)).toBeVisible();
  expect(within(dialog).queryByText('revised +2 %')).toBeNull(); // the control: it was revised before, for another reason
});

it('is offered on an athlete’s page to those who train, and to nobody else', async () => {
  openApp('/athletes/00000000-0000-4000-8000-000000000001');
  expect(await screen.findByRole('button', { name: /^Swap/ })).toBeVisible();
  cleanup();
  hub.current.role = 'athlete';
  openApp('/athletes/00000000-0000-4000-8000-000000000001');
  await screen.findByRole('heading', { name: /A\. Silva/ });
  expect(screen.queryByRole('button', { name: /^Swap/ })).toBeNull();
});
