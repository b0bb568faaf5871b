/** The whole app against the stub hub: what a person sees. The hub's clock drives time, so nothing waits. */
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeEventSource } from '@/testing/fake-event-source';
import { athlete, beat, frame, snapshot } from '@/testing/live-events';
import { hub } from '@/testing/set-up';
import { chooseLanguage } from '@/words/language';
import { STUB_EMAIL, STUB_PASSWORD } from '@/testing/stub';
import { openApp } from './open-app';

async function openWall(): Promise<FakeEventSource> {
  hub.current.signedIn = true;
  openApp('/');
  await waitFor(() => expect(FakeEventSource.opened).toHaveLength(1));
  act(() => FakeEventSource.newest.open());
  return FakeEventSource.newest;
}

async function say(type: string, data: unknown) {
  act(() => FakeEventSource.newest.say(type, data));
  await act(() => new Promise(resolve => requestAnimationFrame(resolve)));
}

function tile(number: number): HTMLElement {
  return screen.getByRole('link', { name: new RegExp(`Athlete ${number}\\b`) });
}

let now: number;

beforeEach(() => {
  now = Date.now();
});

describe('the wall', () => {
  it('comes after signing in, and leads back to it after signing out', async () => {
    openApp('/');
    const person = userEvent.setup();
    await person.type(await screen.findByLabelText('E-mail'), STUB_EMAIL);
    await person.type(screen.getByLabelText('Password'), STUB_PASSWORD);
    await person.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('heading', { name: 'Live wall' })).toBeVisible();
    await person.click(await screen.findByText('Sign out'));
    expect(await screen.findByLabelText('Password')).toBeVisible();
    expect(FakeEventSource.newest.isClosed).toBe(true);
  });

  it('shows number, zone in words, percent and state of each athlete in jersey order', async () => {
    await openWall();
    await say('snapshot', snapshot([athlete(9), athlete(4)], { now_ms: now }));
    await say('frame', frame(now, beat(4, now, 179), beat(9, now, 143)));
    expect(screen.getAllByRole('listitem').map(item => item.textContent)).toEqual([
      '4Athlete 4179bpmLive, nowZ489 %',
      '9Athlete 9143bpmLive, nowZ371 %',
    ]);
  });

  it('shows a strap that falls silent late, then lost, and then no number any more', async () => {
    await openWall();
    await say('snapshot', snapshot([athlete(4), athlete(9)], { now_ms: now }));
    await say('frame', frame(now, beat(4, now, 179), beat(9, now, 143)));
    await say('frame', frame(now + 4000, beat(9, now + 4000, 144)));
    expect(tile(4)).toHaveTextContent('179bpmLate 4 s');
    await say('frame', frame(now + 10_000, beat(9, now + 10_000, 145)));
    expect(tile(4)).toHaveTextContent(/Lost since \d\d:\d\d:\d\d/);
    expect(tile(4)).not.toHaveTextContent('179');
    expect(tile(9)).toHaveTextContent('145bpmLive'); // the control: the other one lives
    expect(screen.getByText('lost', { exact: false, selector: '[data-part=tally] span' })).toHaveTextContent(
      '1 lost',
    );
  });

  it('tells not worn, no sensor, never heard and implausible apart', async () => {
    await openWall();
    await say(
      'snapshot',
      snapshot([athlete(1), athlete(2, { sensor: null }), athlete(3), athlete(4)], { now_ms: now }),
    );
    await say('frame', frame(now, beat(1, now, 0, 'no_contact'), beat(4, now, 244, 'implausible')));
    expect([1, 2, 3, 4].map(number => tile(number).textContent)).toEqual([
      expect.stringContaining('Not wornNo skin contact'),
      expect.stringContaining('No sensor'),
      expect.stringContaining('No data yet'),
      expect.stringContaining('Implausible reading'),
    ]);
    expect(tile(4)).not.toHaveTextContent('244');
  });

  it('claims no zone for somebody without a maximum', async () => {
    await openWall();
    await say('snapshot', snapshot([athlete(1, { hr_max: null })], { now_ms: now }));
    await say('frame', frame(now, beat(1, now, 150)));
    expect(tile(1)).toHaveTextContent('150bpm');
    expect(within(tile(1)).queryByText(/^Z\d$/)).toBeNull();
  });

  it('says why values stopped, and takes it back when they come again', async () => {
    await openWall();
    await say('snapshot', snapshot([athlete(1)], { now_ms: now }));
    expect(screen.getByRole('status')).toHaveTextContent('Connected');
    await say('gap', { reason: 'database_away', since_ms: now });
    expect(screen.getByText(/database is away/)).toBeVisible();
    expect(screen.getByRole('status')).toHaveTextContent('Interrupted');
    await say('frame', frame(now, beat(1, now, 150)));
    expect(screen.queryByText(/database is away/)).toBeNull();
  });

  it('says when the connection is gone', async () => {
    const stream = await openWall();
    await say('snapshot', snapshot([athlete(1)], { now_ms: now }));
    act(() => stream.fail());
    expect(screen.getByRole('status')).toHaveTextContent('No connection');
    expect(screen.getByText(/No connection to the hub/)).toBeVisible();
  });

  it('asks to sign in again when the session has ended', async () => {
    const stream = await openWall();
    await say('snapshot', snapshot([athlete(1)], { now_ms: now }));
    hub.current.signedIn = false;
    act(() => stream.fail());
    expect(await screen.findByText(/Your session has ended/)).toBeVisible();
  });

  it('says what to do when the team is empty', async () => {
    await openWall();
    await say('snapshot', snapshot([], { now_ms: now }));
    expect(screen.getByText(/Add athletes to the team/)).toBeVisible();
  });

  it('shows percent as the big number when asked, and remembers it', async () => {
    await openWall();
    await say('snapshot', snapshot([athlete(1)], { now_ms: now }));
    await say('frame', frame(now, beat(1, now, 179)));
    await userEvent.click(screen.getByRole('radio', { name: '% max' }));
    expect(tile(1)).toHaveTextContent('89%');
    expect(localStorage.getItem('sts-wall-metric')).toBe('percent');
  });

  it('speaks Portuguese to whoever chose it, down to the tiles', async () => {
    act(() => chooseLanguage('pt'));
    await openWall();
    await say('snapshot', snapshot([athlete(4)], { now_ms: now }));
    await say('frame', frame(now, beat(4, now, 179)));
    expect(screen.getByRole('heading', { name: 'Ao vivo' })).toBeVisible();
    expect(tile(4)).toHaveTextContent('Ao vivo, agora');
    expect(screen.getByRole('status')).toHaveTextContent('Ligado');
    act(() => chooseLanguage('en'));
  });

  it('opens the stream of the team that is chosen', async () => {
    await openWall();
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Team' }), 'Under 19');
    await waitFor(() => expect(FakeEventSource.opened).toHaveLength(2));
    expect(FakeEventSource.newest.url).toBe('/api/v1/live?team=00000000-0000-4000-8000-000000009002');
    expect(FakeEventSource.opened[0]?.isClosed).toBe(true);
  });
});

describe('when the hub is away', () => {
  it('says so instead of asking for a password, and goes on when it is back', async () => {
    hub.current.signedIn = true;
    hub.current.away = true;
    openApp('/');
    expect(await screen.findByText(/hub cannot be reached/)).toBeVisible();
    expect(screen.queryByLabelText('Password')).toBeNull();
    hub.current.away = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'Live wall' })).toBeVisible();
  });
});

describe('an address', () => {
  it('of this app is gone to after signing in, one elsewhere is not', async () => {
    openApp('/sign-in?next=%2F%2Fevil.example%2F');
    const person = userEvent.setup();
    await person.type(await screen.findByLabelText('E-mail'), STUB_EMAIL);
    await person.type(screen.getByLabelText('Password'), STUB_PASSWORD);
    await person.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByRole('heading', { name: 'Live wall' });
    expect(location.pathname).toBe('/');
  });

  it('that does not exist says so', async () => {
    openApp('/nowhere');
    expect(await screen.findByText('There is no such page.')).toBeVisible();
  });
});
