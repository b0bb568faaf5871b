/** The club's people, invitations, consent texts and webhooks against the stub hub. */
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { openApp } from './open-app';

let person: ReturnType<typeof userEvent.setup>;

beforeEach(() => {
  person = userEvent.setup();
  hub.current.signedIn = true;
  hub.current.role = 'admin';
});

describe('accounts', () => {
  it('are found by a part of the name, given another role, and ended', async () => {
    openApp('/club');
    await person.type(await screen.findByRole('searchbox', { name: 'Search' }), 'joan');
    expect(screen.queryByText('Tiago Reis')).toBeNull();
    await person.click(screen.getByRole('button', { name: 'Change Joana Vaz' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Joana Vaz' }));
    await person.selectOptions(dialog.getByLabelText('Role'), 'Director');
    await person.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText(/^Director · joana/)).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Change Joana Vaz' }));
    await person.click(await screen.findByRole('button', { name: 'End this account' }));
    expect(await screen.findByRole('button', { name: 'Let in again' })).toBeVisible();
    expect(hub.current.club.accounts[1]?.disabled_at).not.toBeNull();
  });

  it('get a recovery link that is shown this once, its code behind #', async () => {
    openApp('/club');
    await person.click(await screen.findByRole('button', { name: 'Change Tiago Reis' }));
    await person.click(await screen.findByRole('button', { name: 'Make a recovery code' }));
    expect(await screen.findByText(/\/recovery#recovery-code$/)).toBeVisible();
  });

  it('are read by a director and changed by none', async () => {
    hub.current.role = 'director';
    openApp('/club');
    expect(await screen.findByText('Joana Vaz')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Change Joana Vaz' })).toBeNull();
  });
});

describe('invitations', () => {
  it('go by letter, are sent again and withdrawn', async () => {
    openApp('/club?part=invitations');
    await person.click(await screen.findByRole('button', { name: 'Invite somebody' }));
    const dialog = within(await screen.findByRole('dialog'));
    await person.selectOptions(dialog.getByLabelText('Team'), 'Under 19');
    await person.type(dialog.getByLabelText('E-mail'), 'new@club.example');
    await person.click(dialog.getByRole('button', { name: 'Send the invitation' }));
    expect(await screen.findByText(/A letter to new@club\.example is on its way/)).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Done' }));
    const [first] = hub.current.club.invitations;
    await person.click(screen.getByRole('button', { name: 'Send again: Coach, Under 19' }));
    await screen.findByText(/A letter to new@club\.example is on its way/);
    await waitFor(() => expect(hub.current.club.invitations).toHaveLength(1));
    expect(hub.current.club.invitations[0]?.id).not.toBe(first?.id);
    expect(hub.current.club.invitations[0]).toMatchObject({ role: 'coach', email: 'new@club.example' });
    await person.click(screen.getByRole('button', { name: 'Done' }));
    await person.click(screen.getByRole('button', { name: 'Withdraw: Coach, Under 19' }));
    expect(await screen.findByText(/Nobody has been invited yet/)).toBeVisible();
  });

  it('of a coach are athletes’ and guardians’, as a printed code that asks for consent', async () => {
    hub.current.role = 'coach';
    openApp('/club');
    await person.click(await screen.findByRole('button', { name: 'Invite somebody' }));
    const dialog = within(await screen.findByRole('dialog'));
    const roles = within(dialog.getByLabelText('As what')).getAllByRole('option');
    expect(roles.map(({ textContent }) => textContent)).toEqual(['Athlete', 'Guardian']);
    await person.selectOptions(dialog.getByLabelText('Athlete'), 'A. Silva');
    await person.click(dialog.getByRole('radio', { name: 'Link or printed code' }));
    expect(await dialog.findByRole('checkbox', { name: 'monitoring (2026-1)' })).toBeChecked();
    await person.click(dialog.getByRole('button', { name: 'Make the link' }));
    expect(await screen.findByAltText('QR code of the invitation')).toBeVisible();
    expect(screen.getByText(/^https:\/\/hub\.example\/invitation#/)).toBeVisible();
    expect(hub.current.club.invitations[0]?.asks).toEqual([{ purpose: 'monitoring', version: '2026-1' }]);
  });

  it('say when their letter could not be delivered', async () => {
    const made_at = new Date().toISOString();
    hub.current.club.invitations.push({
      id: 'one',
      role: 'technician',
      team_id: null,
      from: null,
      to: null,
      athlete_id: null,
      email: 'gone@club.example',
      asks: [],
      made_by: 'x',
      made_at,
      expires_at: '2099-01-01T00:00:00Z',
      accepted_at: null,
      accepted_by: null,
    });
    const letter = { id: 'l', what: 'invitation', address: 'gone@club.example', queued_at: made_at };
    const ended = { state: 'failed' as const, tries: 3, next_at: made_at, ended_at: made_at, reason: 'x' };
    hub.current.club.letters.push({ ...letter, ...ended });
    openApp('/club?part=invitations');
    expect(await screen.findByText(/letter could not be delivered/)).toBeVisible();
  });
});

describe('consent texts', () => {
  it('are published as a new version in both languages; the one before stays', async () => {
    openApp('/club?part=consents');
    await person.click(await screen.findByRole('button', { name: 'New version of monitoring' }));
    const dialog = within(await screen.findByRole('dialog'));
    await person.type(dialog.getByLabelText(/^Name of this version/), '2027-1');
    await person.type(dialog.getByLabelText('Text, Português'), 'O clube pode medir.');
    await person.click(dialog.getByRole('button', { name: 'Publish' }));
    expect(await screen.findByText(/^version 2027-1 · /)).toBeVisible();
    expect(hub.current.own.texts.map(({ version }) => version)).toEqual(['2027-1', '2026-1']);
    expect(hub.current.own.texts[0]?.texts).toEqual({
      en: 'The club may measure my heart rate in training.',
      pt: 'O clube pode medir.',
    });
  });
});

describe('webhooks', () => {
  it('show their secret once, rotate it, and tell again what failed', async () => {
    hub.current.club.deliveries.push({
      id: 'd1',
      what: 'session.ended',
      queued_at: '2026-11-20T19:00:00Z',
      state: 'failed',
      tries: 9,
      next_at: '2026-11-20T19:00:00Z',
      ended_at: '2026-11-23T19:00:00Z',
      reason: 'answered 500',
    });
    openApp('/club?part=webhooks');
    await person.click(await screen.findByRole('button', { name: 'Add a webhook' }));
    const dialog = within(await screen.findByRole('dialog'));
    await person.type(dialog.getByLabelText('Name'), 'scores');
    await person.type(dialog.getByLabelText('Address, https'), 'https://scores.example/hook');
    await person.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('whsec_shown-this-once')).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByText('whsec_shown-this-once')).toBeNull();
    await person.click(screen.getByRole('button', { name: 'New secret of scores' }));
    expect(await screen.findByText('whsec_another')).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Close' }));
    await person.click(screen.getByText('What it was told'));
    expect(await screen.findByText(/answered 500/)).toBeVisible();
    await person.click(screen.getByRole('button', { name: /^Tell again session\.ended/ }));
    expect(await screen.findByText(/^waits, tried next/)).toBeVisible();
  });

  it('are admins’ alone', async () => {
    hub.current.role = 'coach';
    openApp('/club?part=webhooks');
    expect(await screen.findByRole('heading', { name: 'Invitations' })).toBeVisible();
    expect(screen.queryByText('Webhooks')).toBeNull();
  });
});
