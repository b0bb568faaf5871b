/** The day of an athlete, and of a guardian, against the stub hub. */
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { openApp } from './open-app';

const person = userEvent.setup();

beforeEach(() => {
  hub.current.signedIn = true;
  hub.current.role = 'athlete';
});

describe('an athlete’s day', () => {
  it('begins with what comes next and what was last, not with the wall', async () => {
    openApp('/');
    expect(await screen.findByRole('heading', { name: 'Today' })).toBeVisible();
    expect(await screen.findByRole('link', { name: 'Against the harbour side' })).toBeVisible();
    expect(await screen.findByRole('link', { name: 'Intervals on the pitch' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Live' })).toBeNull();
  });

  it('offers no choice of a team where it would change nothing', async () => {
    openApp('/today');
    await screen.findByRole('heading', { name: 'Today' });
    expect(screen.queryByRole('combobox', { name: 'Team' })).toBeNull();
    await person.click(screen.getByRole('link', { name: 'Sessions' }));
    expect(await screen.findByRole('combobox', { name: 'Team' })).toBeVisible();
  });

  it.each([
    ['athlete', 0],
    ['coach', 1],
  ] as const)('leads from a running session to the wall whoever has one: %s', async (role, links) => {
    hub.current.role = role;
    const session = hub.current.day.sessions[1];
    Object.assign(session ?? {}, { state: 'running', started_at: new Date().toISOString() });
    openApp(`/sessions/${session?.id ?? ''}`);
    expect(await screen.findByText('This session is running.')).toBeVisible();
    expect(screen.queryAllByRole('link', { name: 'Watch it on the live wall' })).toHaveLength(links);
  });

  it('has the own numbers of the last session, each with how it is computed', async () => {
    openApp('/today');
    // 900 s × 1 + 1500 s × 2 + 1800 s × 3 + 700 s × 4 + 200 s × 5, by 60
    await person.click(await screen.findByRole('button', { name: /^218\. Load of A\. Silva/ }));
    expect(await screen.findByRole('dialog')).toHaveTextContent('trimp, edwards');
  });

  it('is answered in a form, of this device’s day', async () => {
    openApp('/today');
    const sleep = await screen.findByRole('group', { name: 'How did you sleep?' });
    await person.click(within(sleep).getByRole('radio', { name: /4/ }));
    await person.type(screen.getByLabelText('Hours of sleep'), '7,5');
    await person.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByText(/^Answered at/)).toBeVisible();
    const now = new Date();
    const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
    expect(hub.current.own.forms[0]).toMatchObject({
      day: day.map(part => String(part).padStart(2, '0')).join('-'),
      sleep: 4,
      sleep_h: 7.5,
      mood: null,
    });
  });

  it('takes no empty form, and no night of 25 hours', async () => {
    openApp('/today');
    await person.click(await screen.findByRole('button', { name: 'Send' }));
    expect(await screen.findByText('Answer at least one question.')).toBeVisible();
    await person.type(screen.getByLabelText('Hours of sleep'), '25');
    await person.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByText('Hours of sleep: a number from 0 to 24.')).toBeVisible();
    expect(hub.current.own.forms).toHaveLength(0);
  });

  it('keeps a rating while the hub is away, and tells the last one once it is back', async () => {
    openApp('/today');
    await screen.findByRole('button', { name: '7, very hard' });
    hub.current.away = true;
    await person.click(screen.getByRole('button', { name: '7, very hard' }));
    expect(await screen.findByText(/^Kept on this device since/)).toBeVisible();
    await person.click(screen.getByRole('button', { name: '8, very hard' }));
    hub.current.away = false;
    window.dispatchEvent(new Event('online'));
    await waitFor(() => expect(hub.current.day.ratings.map(one => one.rating)).toEqual([8]));
    await waitFor(() => expect(screen.queryByText(/^Kept on this device since/)).toBeNull());
    expect(screen.getByRole('button', { name: '8, very hard' })).toHaveAttribute('aria-pressed', 'true');
  });
});

describe('an athlete’s load', () => {
  it('stands by days, tells what is not known, and how its numbers are computed', async () => {
    openApp('/trends');
    // four weeks of seven days, of which one each is not known
    expect(await screen.findByText('The load of 24 of 28 days is known.')).toBeVisible();
    await person.selectOptions(screen.getByLabelText('Time'), '7 days');
    expect(await screen.findByText('The load of 6 of 7 days is known.')).toBeVisible();
    await person.click(screen.getByRole('button', { name: /^0.90\. Ratio/ }));
    expect(await screen.findByRole('dialog')).toHaveTextContent('acute_chronic_ratio');
  });
});

describe('an athlete’s privacy', () => {
  it('tells who looked and when', async () => {
    openApp('/privacy');
    expect(await screen.findByText('Marta Duarte saw measured values')).toBeVisible();
  });

  it('lets a consent be withdrawn after saying what that means, and given again', async () => {
    openApp('/privacy');
    await person.click(await screen.findByRole('button', { name: 'Withdraw' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('nothing is stored or shown');
    expect(hub.current.own.consents[0]?.to).toBeNull(); // the control: nothing happens before it is said twice
    await person.click(within(dialog).getByRole('button', { name: 'Withdraw' }));
    expect(await screen.findByText(/^Ended/)).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Agree' }));
    expect(await screen.findByRole('button', { name: 'Withdraw' })).toBeVisible();
    expect(hub.current.own.consents).toHaveLength(2);
  });

  it('shares some values with a trainer until a day, and ends it', async () => {
    openApp('/privacy');
    await person.click(await screen.findByRole('button', { name: 'Share with somebody' }));
    const dialog = within(await screen.findByRole('dialog'));
    await person.type(dialog.getByLabelText('Id of the trainer'), '00000000-0000-4000-8000-000000009300');
    await person.click(dialog.getByRole('checkbox', { name: 'Breathing' }));
    await person.click(dialog.getByRole('button', { name: 'Share' }));
    expect(await screen.findByText('Nuno Faria, Another club')).toBeVisible();
    expect(screen.getByText(/^Heart rate, Breathing · measured from/)).toBeVisible();
    expect(hub.current.own.grants[0]).toMatchObject({
      account_id: '00000000-0000-4000-8000-000000009300',
      metrics: ['heart_rate', 'respiratory_rate'],
    });
    await person.click(screen.getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText(/ended/)).toBeVisible();
  });

  it('gives a copy of everything', async () => {
    openApp('/privacy');
    await person.click(await screen.findByRole('button', { name: 'Make a copy' }));
    const link = await screen.findByRole('link', { name: 'Download' });
    expect(link).toHaveAttribute('href', `/api/v1/exports/${hub.current.own.copies[0]?.id}/content`);
  });
});

describe('a guardian', () => {
  it('reads what the athletes said, and answers for none of them', async () => {
    hub.current.role = 'guardian';
    openApp('/');
    expect(await screen.findByText('Not answered yet.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Send' })).toBeNull();
    await person.selectOptions(screen.getByLabelText('Whose?'), 'B. Costa');
    expect(await screen.findByRole('heading', { name: 'How B. Costa feels today' })).toBeVisible();
  });
});
