/** A session planned, started and edited against the stub hub: what a coach sees, and what the hub is told. */
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeEventSource } from '@/testing/fake-event-source';
import { hub } from '@/testing/set-up';
import { STUB_SESSION } from '@/testing/stub';
import { openApp } from './open-app';

const TEAM = '00000000-0000-4000-8000-000000009001';

let person: ReturnType<typeof userEvent.setup>;

beforeEach(() => {
  person = userEvent.setup();
  hub.current.signedIn = true;
});

async function atStepWhat(): Promise<void> {
  openApp(`/sessions/new?team=${TEAM}`);
  await screen.findByLabelText('Name');
  await screen.findByRole('option', { name: 'Speed on grass' });
}

const step = (name: string) => person.click(screen.getByRole('button', { name: new RegExp(`${name}$`) }));

async function openEdit(): Promise<HTMLElement> {
  openApp(`/sessions/${STUB_SESSION}`);
  await person.click(await screen.findByRole('button', { name: 'Edit' }));
  return screen.findByRole('dialog');
}

describe('a new session', () => {
  it('is started in three steps from a template, without whoever cannot train', async () => {
    await atStepWhat();
    await person.selectOptions(screen.getByLabelText('Template'), 'Speed on grass');
    expect(screen.getByLabelText('Name')).toHaveValue('Speed on grass');
    await step('Who');
    const injured = await screen.findByRole('checkbox', { name: /E\. Rocha.*Cannot train: injury/ });
    expect(injured).not.toBeChecked();
    expect(screen.getByRole('checkbox', { name: /G\. Pinto.*Trains in part/ })).toBeChecked();
    await person.type(screen.getByLabelText('Group of A. Silva'), 'Forwards');
    await step('Check');
    await person.click(screen.getByRole('button', { name: 'Start now' }));
    await screen.findByRole('heading', { name: 'Live wall' });
    const made = hub.current.day.sessions.at(-1);
    expect(made).toMatchObject({ name: 'Speed on grass', state: 'running', live_data: true });
    expect(made?.roster).toHaveLength(29); // thirty, without the one who is injured
    expect(made?.roster.find(({ group }) => group === 'Forwards')).toBeDefined();
  });

  it('is not sent without a name, and says so', async () => {
    await atStepWhat();
    await step('Check');
    expect(screen.getByText(/Give the session a name/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Start now' })).toBeDisabled();
  });

  it('is planned for later, without live data and without a rehearsal', async () => {
    await atStepWhat();
    await person.type(screen.getByLabelText('Name'), 'Gym');
    await person.click(screen.getByRole('radio', { name: 'Later' }));
    await person.clear(screen.getByLabelText('Begins'));
    await person.type(screen.getByLabelText('Begins'), '2027-03-01T18:30');
    await person.click(screen.getByRole('checkbox', { name: /Without live data/ }));
    await step('Check');
    expect(screen.getByText('Nothing is measured in this session.')).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Plan it' }));
    expect(await screen.findByRole('heading', { name: 'Gym' })).toBeVisible();
    const made = hub.current.day.sessions.at(-1);
    const from = new Date(2027, 2, 1, 18, 30);
    expect(made).toMatchObject({ state: 'planned', live_data: false, planned_from: from.toISOString() });
    expect(Date.parse(made?.planned_to ?? '') - from.getTime()).toBe(90 * 60_000);
  });

  it('shows in the rehearsal who is live, and gives out a free strap', async () => {
    await atStepWhat();
    await step('Check');
    await waitFor(() => expect(FakeEventSource.opened.length).toBeGreaterThan(0));
    expect(screen.getByText('0 of 29 straps are live')).toBeVisible();
    expect(await screen.findByText('hr-31')).toBeVisible();
    await person.selectOptions(screen.getByLabelText('Give hr-31 to'), '3 C. Nunes');
    await person.click(screen.getByRole('button', { name: 'Give' }));
    await waitFor(() =>
      expect(hub.current.day.given).toEqual([{ sensor: 131, athlete: hub.current.day.athlete(3) }]),
    );
  });
});

describe('an edit', () => {
  it('of what nobody else touched is saved', async () => {
    const dialog = await openEdit();
    await person.type(within(dialog).getByLabelText('Name'), ' again');
    await person.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('heading', { name: 'Intervals on the pitch again' })).toBeVisible();
  });

  it('over somebody else’s shows both, and nothing is lost until one is chosen', async () => {
    const dialog = await openEdit();
    const session = hub.current.day.sessions[0];
    Object.assign(session ?? {}, { name: 'Hills' });
    await person.type(within(dialog).getByLabelText('Name'), '!');
    await person.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await within(dialog).findByText('Theirs: Hills')).toBeVisible();
    expect(within(dialog).getByText('Yours: Intervals on the pitch!')).toBeVisible();
    expect(session?.name).toBe('Hills');
    await person.click(within(dialog).getByRole('button', { name: 'Put mine in place' }));
    await waitFor(() => expect(session?.name).toBe('Intervals on the pitch!'));
  });
});

describe('a week', () => {
  it('is copied to another one, at the same times', async () => {
    openApp(`/sessions?team=${TEAM}`);
    await person.click(await screen.findByRole('button', { name: 'Copy this week' }));
    const before = hub.current.day.sessions.length;
    await person.click(screen.getByRole('button', { name: 'Plan it' }));
    await waitFor(() => expect(hub.current.day.sessions).toHaveLength(2 * before));
  });
});

it('is planned by those who train only', async () => {
  hub.current.role = 'athlete';
  openApp('/sessions');
  await screen.findByText('Against the harbour side');
  expect(screen.queryByRole('link', { name: 'New session' })).toBeNull();
});
