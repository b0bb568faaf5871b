/** The calendar and the numbers of a session, against the stub hub: what a coach sees. */
import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { chooseLanguage } from '@/words/language';
import { openApp } from './open-app';

async function openNumbers(): Promise<HTMLElement> {
  openApp('/sessions/00000000-0000-4000-8000-000000007001');
  return screen.findByRole('table');
}

beforeEach(() => {
  hub.current.signedIn = true;
});
afterEach(() => act(() => chooseLanguage('en')));

describe('the sessions', () => {
  it('are reached from the wall, and say what they are', async () => {
    openApp('/');
    await userEvent.click(await screen.findByRole('link', { name: 'Sessions' }));
    expect(await screen.findByRole('heading', { name: 'Sessions' })).toBeVisible();
    expect(await screen.findByText('Against the harbour side')).toBeVisible();
    expect(screen.getByText('Planned')).toBeVisible();
  });

  it('of an empty week say what to do', async () => {
    openApp('/sessions?week=%222020-01-06%22');
    expect(await screen.findByText('Nothing is planned or done in this week.')).toBeVisible();
  });

  it('speak Portuguese when asked', async () => {
    openApp('/sessions');
    await screen.findByRole('heading', { name: 'Sessions' });
    act(() => chooseLanguage('pt'));
    expect(screen.getByRole('heading', { name: 'Sessões' })).toBeVisible();
    expect(await screen.findByText('Planeada')).toBeVisible();
  });
});

describe('the numbers of a session', () => {
  it('stand by jersey until they are sorted', async () => {
    const table = await openNumbers();
    const means = () =>
      within(table)
        .getAllByRole('button', { name: /^\d+\. Mean of/ })
        .map(one => Number.parseInt(one.textContent, 10));
    expect(means().slice(0, 3)).toEqual([140, 141, 142]);
    await userEvent.click(within(table).getByRole('button', { name: /^Mean/ }));
    expect(means()).toEqual(means().toSorted((one, other) => other - one));
    expect(means()[0]).toBeGreaterThan(142); // the control: another order than before
  });

  it('say how they were computed, and what late data changed', async () => {
    const table = await openNumbers();
    expect(within(table).getByText('revised +2 %')).toBeVisible();
    await userEvent.click(within(table).getAllByRole('button', { name: /Load of/ })[0] as HTMLElement);
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('trimp, edwards');
    expect(dialog).toHaveTextContent('hr_max 196');
    expect(dialog).toHaveTextContent('Was 250, now 255. (data came late)');
    expect(dialog).toHaveTextContent(/sts-hub receipt [0-9a-f-]{36}/);
  });

  it('of a session that is not there say so', async () => {
    openApp('/sessions/00000000-0000-4000-8000-00000000dead');
    expect(await screen.findByText('There is no such session. Check the address.')).toBeVisible();
  });
});
