import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { ForgottenPage } from '@/features/sign-in/forgotten-page';
import { InvitationPage } from '@/features/sign-in/invitation-page';
import { RecoveryPage } from '@/features/sign-in/recovery-page';
import { server } from '@/testing/set-up';
import { STUB_ME, problem } from '@/testing/stub';

const PASSWORD = 'seven green giraffes yawn';
const INVITED = {
  club: 'Club',
  role: 'athlete',
  team: null,
  athlete: 'Rudi',
  from: null,
  to: null,
  email: null,
  asks: [{ purpose: 'monitoring', version: '2' }],
  texts: [
    {
      purpose: 'monitoring',
      version: '2',
      texts: { en: 'My heart is measured.', pt: 'O meu coração é medido.' },
    },
  ],
  expires_at: '2026-12-08T12:00:00Z',
};

function show(page: ReactNode) {
  render(<QueryClientProvider client={new QueryClient()}>{page}</QueryClientProvider>);
  return userEvent.setup();
}

function hear(path: string, answer: () => Response) {
  const bodies: unknown[] = [];
  server.use(
    http.post(`*/api/v1/session/${path}`, async ({ request }) => {
      bodies.push(await request.json());
      return answer();
    }),
  );
  return bodies;
}

describe('ForgottenPage', () => {
  it('asks for a letter, and says the same whether there is an account or not', async () => {
    const bodies = hear('recovery-letter', () => new HttpResponse(null, { status: 202 }));
    const person = show(<ForgottenPage back={null} />);
    await person.type(screen.getByLabelText('E-mail'), 'rosa@club.example');
    await person.click(screen.getByRole('button', { name: 'Send me a letter' }));
    expect(await screen.findByRole('status')).toHaveTextContent(/If an account has this e-mail/);
    expect(bodies).toEqual([{ email: 'rosa@club.example' }]);
  });

  it('says whom to ask where the hub sends no letters', async () => {
    hear('recovery-letter', () => problem(409, 'conflict', 'This hub sends no letters.', 'Ask an admin.'));
    const person = show(<ForgottenPage back={null} />);
    await person.type(screen.getByLabelText('E-mail'), 'rosa@club.example');
    await person.click(screen.getByRole('button', { name: 'Send me a letter' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('This hub sends no letters. Ask an admin.');
  });
});

describe('RecoveryPage', () => {
  it('sets a new password by the code of its link', async () => {
    const bodies = hear('recovery', () => new HttpResponse(null, { status: 204 }));
    const person = show(<RecoveryPage code="c0de" back={null} />);
    await person.type(screen.getByLabelText('Password'), PASSWORD);
    await person.click(screen.getByRole('button', { name: 'Set the password' }));
    expect(await screen.findByText(/new password is set/)).toBeVisible();
    expect(bodies).toEqual([{ code: 'c0de', password: PASSWORD }]);
  });

  it('says why the hub refused, and what to do', async () => {
    hear('recovery', () => problem(403, 'wrong-code', 'This code is used up.', 'Ask for a new one.'));
    const person = show(<RecoveryPage code="c0de" back={null} />);
    await person.type(screen.getByLabelText('Password'), PASSWORD);
    await person.click(screen.getByRole('button', { name: 'Set the password' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(/used up.*Ask for a new one/);
  });

  it('tells a link that was cut off', () => {
    show(<RecoveryPage code="" back={null} />);
    expect(screen.getByRole('alert')).toHaveTextContent(/not whole/);
  });
});

describe('InvitationPage', () => {
  it('shows what it invites to, and joins with the consents that were ticked', async () => {
    hear('invitation/look', () => HttpResponse.json(INVITED));
    const bodies = hear('invitation', () => new HttpResponse(null, { status: 204 }));
    const person = show(<InvitationPage code="c0de" me={undefined} language={null} back={null} />);
    expect(await screen.findByText('You are invited to Club as: Athlete.')).toBeVisible();
    expect(screen.getByText('My heart is measured.')).toBeVisible();
    await person.type(screen.getByLabelText('E-mail'), 'rudi@club.example');
    await person.type(screen.getByLabelText('Your name'), 'Rudi');
    await person.type(screen.getByLabelText('Password'), PASSWORD);
    await person.click(screen.getByRole('checkbox'));
    await person.click(screen.getByRole('button', { name: 'Join' }));
    expect(await screen.findByText(/Welcome/)).toBeVisible();
    expect(bodies).toEqual([
      {
        code: 'c0de',
        email: 'rudi@club.example',
        name: 'Rudi',
        password: PASSWORD,
        consents: ['monitoring'],
      },
    ]);
  });

  it('is taken by whoever is signed in with that account', async () => {
    hear('invitation/look', () => HttpResponse.json(INVITED));
    const bodies: unknown[] = [];
    server.use(
      http.post('*/api/v1/me/invitations', async ({ request }) => {
        bodies.push(await request.json());
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const person = show(<InvitationPage code="c0de" me={STUB_ME} language={null} back={null} />);
    await person.click(await screen.findByRole('button', { name: 'Accept as Marta Duarte' }));
    expect(await screen.findByText(/^Accepted/)).toBeVisible();
    expect(bodies).toEqual([{ code: 'c0de', consents: [] }]);
  });

  it('says that an invitation has ended', async () => {
    hear('invitation/look', () => problem(403, 'invitation-ended', 'It was accepted already.', 'Sign in.'));
    show(<InvitationPage code="c0de" me={undefined} language={null} back={null} />);
    expect(await screen.findByRole('alert')).toHaveTextContent(/accepted already/);
  });
});
