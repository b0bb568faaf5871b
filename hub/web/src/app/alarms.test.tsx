/** Alarms against the stub hub: rules, their preview, and the strip above the wall. */
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
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

async function openWall(): Promise<void> {
  openApp('/');
  await screen.findByRole('heading', { name: 'Live wall' });
  act(() => FakeEventSource.newest.say('snapshot', snapshot([athlete(4)], { now_ms: Date.now() })));
  await screen.findByText('No session is running.', undefined);
}

async function raise(): Promise<HTMLElement> {
  const alert = hub.current.alerts.raise(4);
  act(() =>
    FakeEventSource.newest.say('alert', {
      id: alert.id,
      athlete: alert.athlete_id,
      t_ms: Date.now(),
      text: alert.text,
      what: 'body',
      colour: 'red',
      late: false,
      escalated: false,
      resolved: false,
    }),
  );
  return screen.findByRole('region', { name: 'Alarms that nobody has acknowledged' });
}

describe('the alarms of a team', () => {
  it('say what they watch for, and stop when they are told to', async () => {
    openApp(`/alarms?team=${TEAM}`);
    const rule = await screen.findByRole('checkbox', { name: 'Near the maximum watches' });
    expect(screen.getByText('heart rate above 95 % of hr max for 60 s · one athlete')).toBeVisible();
    expect(screen.getByRole('checkbox', { name: 'Sound' })).not.toBeChecked();
    expect(screen.getByRole('checkbox', { name: 'Vibration' })).not.toBeChecked();
    await person.click(rule);
    await waitFor(() => expect(hub.current.alerts.rules[0]?.enabled).toBe(false));
  });

  it('are tried on the past before they are kept', async () => {
    openApp(`/alarms?team=${TEAM}`);
    await person.click(await screen.findByRole('button', { name: 'New alarm' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByRole('button', { name: 'Save' })).toBeDisabled();
    await person.type(within(dialog).getByLabelText('Name'), 'High');
    await person.click(within(dialog).getByRole('button', { name: 'Try it' }));
    expect(await within(dialog).findByText('Would have fired 3 ×')).toBeVisible();
    expect(within(dialog).getByText(/A\. Silva, \d\d:\d\d: 180/)).toBeVisible();
    await person.click(within(dialog).getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('checkbox', { name: 'High watches' })).toBeChecked();
  });

  it('watch only in matches and in a phase, and are told again when nobody has seen them', async () => {
    openApp(`/alarms?team=${TEAM}`);
    await person.click(await screen.findByRole('button', { name: 'Change' }));
    const dialog = within(await screen.findByRole('dialog'));
    await person.click(dialog.getByText('When, how often, and if nobody hears'));
    await person.click(dialog.getByRole('checkbox', { name: 'Match' }));
    await person.type(dialog.getByLabelText(/^Only in phases/), 'Main part, Sprints');
    await person.selectOptions(dialog.getByLabelText(/^Told again in red/), '2 min');
    await person.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(hub.current.alerts.rules[0]?.rule).toMatchObject({
        tasks: ['match'],
        phases: ['Main part', 'Sprints'],
        escalate_after_s: 120,
      }),
    );
  });

  it('come by letter to whoever wants that, in this device’s time', async () => {
    openApp(`/alarms?team=${TEAM}`);
    await person.click(await screen.findByRole('button', { name: 'Letters of Near the maximum' }));
    const dialog = within(await screen.findByRole('dialog'));
    await person.selectOptions(await dialog.findByLabelText('A letter to me'), 'each time');
    await person.click(dialog.getByRole('button', { name: 'Save' }));
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    await waitFor(() =>
      expect(hub.current.alerts.letters).toMatchObject({ told: 'raised', time_zone: timeZone }),
    );
  });

  it('begin with templates where there is none yet', async () => {
    hub.current.alerts.rules = [];
    openApp(`/alarms?team=${TEAM}`);
    await person.click(await screen.findByRole('button', { name: /Near the maximum/ }));
    expect(await screen.findByLabelText('Name')).toHaveValue('Near the maximum');
  });

  it('are of one team', async () => {
    openApp('/alarms');
    expect(await screen.findByText('Alarms are of one team.')).toBeVisible();
  });
});

describe('the strip above the wall', () => {
  it('comes with the live alarm, in a word beside its sign, and goes when somebody has seen it', async () => {
    await openWall();
    expect(screen.queryByRole('region', { name: /Alarms/ })).toBeNull();
    const strip = await raise();
    expect(strip).toHaveTextContent(/Urgent: Near the maximum: D\. Sousa/);
    await person.click(within(strip).getByRole('button', { name: /^Seen/ }));
    await waitFor(() => expect(strip).not.toBeInTheDocument());
  });

  it('mutes the rule for this athlete for a quarter of an hour', async () => {
    await openWall();
    const strip = await raise();
    await person.click(within(strip).getByRole('button', { name: /^Mute/ }));
    await waitFor(() => expect(hub.current.alerts.mutes).toHaveLength(1));
    const [mute] = hub.current.alerts.mutes;
    expect(mute?.athlete_id).toBe(hub.current.day.athlete(4));
    expect(Math.abs(Date.parse(mute?.until ?? '') - (Date.now() + 15 * 60_000))).toBeLessThan(60_000);
  });
});
