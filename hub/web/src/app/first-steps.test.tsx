/** From an empty club to the first heartbeat, against the stub hub. */
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { StubHub } from '@/testing/stub';
import { openApp } from './open-app';

let person: ReturnType<typeof userEvent.setup>;

beforeEach(() => {
  person = userEvent.setup();
  hub.current.signedIn = true;
  hub.current.role = 'admin';
  hub.current.day.sessions.length = 0;
  hub.current.fleet.hasGateways = false;
  hub.current.fleet.sensors.length = 0;
});

describe('first steps', () => {
  it('know what is done and open the next: a club with athletes waits for its gateway', async () => {
    openApp('/first-steps');
    expect(await screen.findByText('2 of 7 first steps done.')).toBeVisible();
    const next = screen.getAllByRole('listitem').find(one => one.getAttribute('aria-current') === 'step');
    expect(next).toHaveTextContent('A gateway');
    await person.type(screen.getByLabelText('Where it stands'), 'Pitch 1');
    await person.click(screen.getByRole('button', { name: 'Make a code' }));
    expect(
      await screen.findByText('sudo sts-edge enrol K3XQ-0TZ9-M4B7-D --hub http://localhost:3000'),
    ).toBeVisible();
  });

  it('are offered on the wall until an admin puts them away', async () => {
    openApp('/');
    expect(await screen.findByRole('region', { name: 'First steps' })).toHaveTextContent('Next: A gateway.');
    await person.click(screen.getByRole('button', { name: 'Put this list away' }));
    await waitFor(() => expect(screen.queryByRole('region', { name: 'First steps' })).toBeNull());
    expect(hub.current.account.preferences.first_steps_done).toBe(true);
  });

  it('are no matter for a club that has trained this month', async () => {
    hub.current = new StubHub({ signedIn: true });
    hub.current.role = 'admin';
    openApp('/');
    await screen.findByText('No session is running.');
    expect(screen.queryByRole('region', { name: 'First steps' })).toBeNull();
  });

  it('are none of a coach’s', async () => {
    hub.current.role = 'coach';
    openApp('/');
    await screen.findByText('No session is running.');
    expect(screen.queryByRole('region', { name: 'First steps' })).toBeNull();
  });
});
