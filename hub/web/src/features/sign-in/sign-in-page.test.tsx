import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import type { Me } from '@/api/queries';
import { hub, server } from '@/testing/set-up';
import { STUB_CODE, STUB_EMAIL, STUB_PASSWORD, problem } from '@/testing/stub';
import { SignInPage } from './sign-in-page';

function show({ sessionEnded = false } = {}) {
  const onSignedIn = vi.fn<(me: Me) => void>();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SignInPage sessionEnded={sessionEnded} onSignedIn={onSignedIn} />
    </QueryClientProvider>,
  );
  return { onSignedIn, person: userEvent.setup() };
}

async function tryWith(person: ReturnType<typeof userEvent.setup>, password = STUB_PASSWORD) {
  await person.type(screen.getByLabelText('E-mail'), STUB_EMAIL);
  await person.click(screen.getByLabelText('Password'));
  await person.paste(password);
  await person.click(screen.getByRole('button', { name: 'Sign in' }));
}

describe('SignInPage', () => {
  it('signs in with a pasted password', async () => {
    const { onSignedIn, person } = show();
    await tryWith(person);
    await vi.waitFor(() =>
      expect(onSignedIn).toHaveBeenCalledWith(expect.objectContaining({ email: STUB_EMAIL })),
    );
  });

  it('proves with a header that the request comes from this page', async () => {
    const seen: (string | null)[] = [];
    server.use(
      http.post('*/api/v1/session', ({ request }) => {
        seen.push(request.headers.get('x-sts-request'));
        return hub.current.handle(request);
      }),
    );
    const { onSignedIn, person } = show();
    await tryWith(person);
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    expect(seen).toEqual(['1']);
  });

  it('says that e-mail or password is wrong when they are, and keeps what was typed', async () => {
    const { onSignedIn, person } = show();
    await tryWith(person, 'something else');
    expect(await screen.findByRole('alert')).toHaveTextContent(/E-mail or password is wrong/);
    expect(screen.getByLabelText('E-mail')).toHaveValue(STUB_EMAIL);
    expect(onSignedIn).not.toHaveBeenCalled();
  });

  it.each([
    ['nobody answers', () => server.use(http.all('*/api/*', () => HttpResponse.error()))],
    ['only a proxy answers', () => void (hub.current.away = true)],
  ])('never says "wrong password" when %s', async (_what, happens) => {
    happens();
    const { person } = show();
    await tryWith(person);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(/hub cannot be reached.*password was not checked/);
    expect(alert).not.toHaveTextContent(/wrong/);
  });

  it.each([
    [429, 'too-many-tries', /Too many tries\. Wait 40 s/],
    [500, 'internal', /hub has a fault of its own.*Problem id stub-500/],
    [503, 'database-away', /hub has a fault of its own/],
  ])('tells a %i apart', async (status, type, sentence) => {
    server.use(http.post('*/api/v1/session', () => problem(status, type, 'Told by the hub.', 'Wait 40 s.')));
    const { person } = show();
    await tryWith(person);
    expect(await screen.findByRole('alert')).toHaveTextContent(sentence);
  });

  it('shows the password when asked', async () => {
    const { person } = show();
    expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'password');
    await person.click(screen.getByRole('button', { name: 'Show password' }));
    expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'text');
  });

  it('asks those with an authenticator app for a code, and keeps asking after a wrong one', async () => {
    hub.current.account.hasApp = true;
    const { onSignedIn, person } = show();
    await tryWith(person);
    await person.type(await screen.findByLabelText('Six-digit code'), '000000');
    await person.click(screen.getByRole('button', { name: 'Go on' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('This code is wrong. Wait for the next one.');
    expect(onSignedIn).not.toHaveBeenCalled();
    await person.clear(screen.getByLabelText('Six-digit code'));
    await person.type(screen.getByLabelText('Six-digit code'), STUB_CODE);
    await person.click(screen.getByRole('button', { name: 'Go on' }));
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
  });

  it('takes a backup code instead, and leads back to the password', async () => {
    hub.current.account.hasApp = true;
    const { person } = show();
    await tryWith(person);
    await person.click(await screen.findByRole('button', { name: 'Use a backup code' }));
    expect(screen.getByLabelText('Backup code')).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Begin again' }));
    expect(screen.getByLabelText('Password')).toBeVisible();
  });

  it('offers providers, and leaves for the one that is chosen', async () => {
    const { person } = show();
    server.use(
      http.post('*/api/v1/session/providers/school', () =>
        HttpResponse.json({ address: 'https://login.school.example/authorize' }),
      ),
    );
    const leave = vi.spyOn(location, 'assign').mockImplementation(() => undefined);
    await person.click(await screen.findByRole('button', { name: 'Go on with School account' }));
    await vi.waitFor(() => expect(leave).toHaveBeenCalledWith('https://login.school.example/authorize'));
  });

  it('offers nothing that neither hub nor browser has', async () => {
    hub.current.ways = { passkeys: true, providers: [] };
    show();
    await screen.findByLabelText('E-mail');
    expect(screen.queryByRole('button', { name: /passkey/ })).toBeNull();
  });

  it('explains itself to somebody whose session ended', () => {
    show({ sessionEnded: true });
    expect(screen.getByText(/Your session has ended/)).toBeVisible();
  });
});
