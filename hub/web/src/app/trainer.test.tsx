/** A personal trainer's athletes, against the stub hub. */
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { STUB_EMAIL, STUB_PASSWORD } from '@/testing/stub';
import { openApp } from './open-app';

const person = userEvent.setup();

beforeEach(() => {
  hub.current.signedIn = true;
  hub.current.role = 'trainer';
});

describe('a personal trainer', () => {
  it('comes to the athletes who granted something by signing in', async () => {
    hub.current.signedIn = false;
    openApp('/');
    await person.type(await screen.findByLabelText('E-mail'), STUB_EMAIL);
    await person.type(screen.getByLabelText('Password'), STUB_PASSWORD);
    await person.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('heading', { name: 'My athletes' })).toBeVisible();
  });

  it('sees of each what was granted and until when, and what can be drawn', async () => {
    openApp('/my-athletes');
    const [first, second] = await screen.findAllByRole('listitem');
    const tile = within(first ?? document.body);
    expect(
      tile.getByText(/^heart rate · measured since 10 January 2026 · until it is revoked$/),
    ).toBeVisible();
    expect(within(second ?? document.body).getByText(/battery_level .* ends on 30 June 2030/)).toBeVisible();
    await person.click(within(second ?? document.body).getByRole('link', { name: /^Charts of/ }));
    expect(await screen.findByText('None of what was granted can be drawn here.')).toBeVisible();
  });

  it('to whom nobody granted anything has the number that athletes need', async () => {
    hub.current.own.shared = [];
    openApp('/my-athletes');
    expect(await screen.findByText('Nobody has granted you anything yet.')).toBeVisible();
    expect(screen.getByText('00000000-0000-4000-8000-000000009100')).toBeVisible();
  });

  it('who looks at what was revoked meanwhile is told so', async () => {
    openApp('/my-athletes/00000000-0000-4000-8000-000000006009');
    expect(await screen.findByText('This is granted no more.')).toBeVisible();
  });
});
