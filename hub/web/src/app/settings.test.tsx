/** What somebody chooses for herself, and the help page, against the stub hub. */
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { chooseTheme, currentTheme } from '@/theme/theme';
import { chooseLanguage } from '@/words/language';
import { openApp } from './open-app';

let person: ReturnType<typeof userEvent.setup>;

beforeEach(() => {
  person = userEvent.setup();
  hub.current.signedIn = true;
});
afterEach(() =>
  act(() => {
    chooseLanguage('en');
    chooseTheme('auto');
  }),
);

describe('settings', () => {
  it('are kept at the hub, one choice at a time', async () => {
    openApp('/settings');
    await person.click(await screen.findByRole('radio', { name: '°F' }));
    await person.click(screen.getByRole('radio', { name: 'Sunday' }));
    await waitFor(() =>
      expect(hub.current.account.preferences).toMatchObject({
        temperature: 'fahrenheit',
        week_start: 'sunday',
        units: 'metric',
      }),
    );
  });

  it('made elsewhere count here: language and theme', async () => {
    hub.current.account.preferences = {
      ...hub.current.account.preferences,
      language: 'pt',
      theme: 'dark',
    };
    openApp('/settings');
    expect(await screen.findByRole('heading', { name: 'Definições' })).toBeVisible();
    expect(currentTheme()).toBe('dark');
  });

  it('say what to give to whoever wants to share', async () => {
    openApp('/settings');
    expect(await screen.findByText('00000000-0000-4000-8000-000000009100')).toBeVisible();
    expect(screen.getByText('00000000-0000-4000-8000-000000009000')).toBeVisible();
  });

  it('decide on which day the calendar’s weeks begin', async () => {
    hub.current.account.preferences = { ...hub.current.account.preferences, week_start: 'sunday' };
    openApp('/sessions?week=2026-11-25'); // a Wednesday
    expect(await screen.findByText(/22 November 2026 .* 28 November 2026/)).toBeVisible();
  });
});

describe('help', () => {
  it.each([
    ['athlete', 'I do not want to be measured any more.', 'How does somebody get in?'],
    ['coach', 'How does somebody get in?', 'I do not want to be measured any more.'],
  ] as const)('answers what a person of the role asks: %s', async (role, asked, other) => {
    hub.current.role = role;
    openApp('/help');
    expect(await screen.findByRole('heading', { name: asked })).toBeVisible();
    expect(screen.queryByRole('heading', { name: other })).toBeNull();
  });
});
