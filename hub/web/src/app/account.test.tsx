/** One's own account against the stub hub: what a person sees and sets up. */
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { STUB_CODE } from '@/testing/stub';
import { makeQueryClient } from './query-client';
import { makeRouter } from './router';

function openApp(path: string) {
  history.replaceState(null, '', path);
  const queryClient = makeQueryClient();
  render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={makeRouter(queryClient)} />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

beforeEach(() => {
  hub.current.signedIn = true;
});

describe('the account', () => {
  it('sets up an authenticator app: picture, code, backup codes', async () => {
    const person = openApp('/account');
    await person.click(await screen.findByRole('button', { name: 'Set up an app' }));
    expect(await screen.findByAltText('QR code for the authenticator app')).toBeVisible();
    await person.type(screen.getByLabelText('Code of the app'), '000000');
    await person.click(screen.getByRole('button', { name: 'Confirm' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('This code is wrong.');
    await person.clear(screen.getByLabelText('Code of the app'));
    await person.type(screen.getByLabelText('Code of the app'), STUB_CODE);
    await person.click(screen.getByRole('button', { name: 'Confirm' }));
    const codes = within(await screen.findByRole('dialog', { name: 'Keep your backup codes' }));
    expect(codes.getAllByRole('listitem')).toHaveLength(10);
    await person.click(codes.getByRole('button', { name: 'I have kept them' }));
    expect(await screen.findByText(/10 backup codes left/)).toBeVisible();
  });

  it('turns it off with password and code only', async () => {
    hub.current.account.hasApp = true;
    const person = openApp('/account');
    await person.click(await screen.findByRole('button', { name: 'Turn off' }));
    const dialog = within(await screen.findByRole('dialog'));
    await person.type(dialog.getByLabelText('Your password'), 'a long walk');
    await person.type(dialog.getByLabelText('Code of the app, or a backup code'), STUB_CODE);
    await person.click(dialog.getByRole('button', { name: 'Turn off' }));
    expect(await screen.findByRole('button', { name: 'Set up an app' })).toBeVisible();
  });

  it('is the only place open to whoever owes a second factor, until there is one', async () => {
    hub.current.account.owes = true;
    const person = openApp('/');
    expect(await screen.findByText(/Your club asks you for a second factor/)).toBeVisible();
    expect(screen.queryByText('Tokens for scripts')).toBeNull();
    await person.click(await screen.findByRole('button', { name: 'Set up an app' }));
    await person.type(await screen.findByLabelText('Code of the app'), STUB_CODE);
    await person.click(screen.getByRole('button', { name: 'Confirm' }));
    await person.click(await screen.findByRole('button', { name: 'I have kept them' }));
    await person.click(await screen.findByRole('link', { name: 'Back to the app' }));
    expect(await screen.findByRole('heading', { name: 'Live wall' })).toBeVisible();
  });

  it('ends another login, and never this one', async () => {
    const person = openApp('/account');
    const there = await screen.findAllByRole('button', { name: 'Sign out there' });
    expect(there).toHaveLength(1);
    await person.click(there[0] as HTMLElement);
    await waitFor(() => expect(screen.queryByText(/clubhouse tablet/)).toBeNull());
    expect(screen.getByText(/this browser/)).toBeVisible();
  });

  it('makes a token and shows it this once', async () => {
    const person = openApp('/account');
    await person.type(await screen.findByLabelText('What it is for'), 'export');
    await person.click(screen.getByLabelText('See what was measured'));
    await person.click(screen.getByRole('button', { name: 'Make a token' }));
    expect(await screen.findByText('sts_shown-this-once')).toBeVisible();
    expect(hub.current.account.tokens[0]?.scopes).toEqual(['see', 'health']);
  });

  it('lets admins alone say who must have a second factor', async () => {
    hub.current.role = 'admin';
    const person = openApp('/account');
    await person.click(await screen.findByLabelText('Directors'));
    await waitFor(() => expect(hub.current.account.required).toEqual(['director']));
  });

  it('has no such rule for others', async () => {
    openApp('/account');
    await screen.findByText('Tokens for scripts');
    expect(screen.queryByLabelText('Directors')).toBeNull();
  });
});

describe('coming back from a provider', () => {
  it('says so when it did not sign the person in', async () => {
    hub.current.signedIn = false;
    openApp('/sign-in/school?error=access_denied');
    expect(await screen.findByRole('alert')).toHaveTextContent('The provider did not sign you in.');
  });
});
