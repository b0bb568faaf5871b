/** A technician's fleet against the stub hub: what is wrong, a dead strap replaced, a parked record tried again. */
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { openApp } from './open-app';

let person: ReturnType<typeof userEvent.setup>;

beforeEach(() => {
  person = userEvent.setup();
  hub.current.signedIn = true;
  hub.current.role = 'technician';
});

it('is where a technician’s day begins, with what needs somebody first', async () => {
  openApp('/');
  const attention = await screen.findByRole('region', { name: 'Needs attention' });
  const [first] = within(attention).getAllByRole('listitem');
  expect(first).toHaveTextContent(/pitch-2.*Silent.*Check its power/);
  expect(attention).toHaveTextContent('hr-07 was not heard for 4 min');
});

it('without gateways says how one is added', async () => {
  hub.current.fleet.hasGateways = false;
  openApp('/fleet');
  expect(await screen.findByText('No gateway yet')).toBeVisible();
});

it('that cannot be read says so, with a way out', async () => {
  openApp('/fleet/nowhere');
  expect(await screen.findByRole('alert')).toHaveTextContent('There is no such gateway. Check the address.');
});

it('is only looked at by a coach', async () => {
  hub.current.role = 'coach';
  openApp('/sensors');
  expect(await screen.findByRole('button', { name: 'Test hr-01' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Replace hr-01' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Add a sensor' })).toBeNull();
});

it('has a dead strap replaced by one that is free', async () => {
  openApp('/sensors');
  await person.click(await screen.findByRole('button', { name: 'Replace hr-07' }));
  const dialog = screen.getByRole('dialog');
  expect(dialog).toHaveTextContent('7 GP wears the other one');
  await person.click(within(dialog).getByRole('button', { name: 'Replace' }));
  expect(await screen.findByText('hr-31 is worn in the place of hr-07.')).toBeVisible();
  const { fleet } = hub.current;
  expect(fleet.wearers.find(({ number }) => number === 7)?.sensor_id).toBe(900);
  expect(fleet.sensors.find(({ label }) => label === 'hr-07')?.retired_at).not.toBeNull();
});

it('has parked records tried again, and given up with a reason', async () => {
  openApp('/ingest');
  await person.click(await screen.findByRole('button', { name: /^Look at pitch-2: Damaged/ }));
  await person.click(await screen.findByRole('checkbox', { name: 'Choose 9' }));
  await person.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('One is tried again within some seconds.')).toBeVisible();
  await person.click(screen.getByRole('checkbox', { name: 'Choose 9' }));
  await person.click(screen.getByRole('button', { name: 'Give up' }));
  const dialog = screen.getByRole('dialog');
  await person.type(within(dialog).getByLabelText('Reason, for those who ask later'), 'card rotted');
  await person.click(within(dialog).getByRole('button', { name: 'Give up' }));
  expect(await screen.findByText('card rotted')).toBeVisible();
  expect(hub.current.fleet.discarded.map(({ record }) => record)).toEqual([9]);
});

it('tells what a gateway says of a change of its settings', async () => {
  openApp('/fleet/pitch-1');
  await person.click(await screen.findByRole('button', { name: 'Change settings' }));
  await person.click(screen.getByRole('button', { name: 'Have it try them' }));
  expect(await screen.findByText(/expected a whole number/)).toBeVisible();
  expect(screen.getByText(/refused by the gateway/)).toBeVisible();
});
