/** A director's season, against the stub hub. */
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { openApp } from './open-app';

const person = userEvent.setup();

beforeEach(() => {
  hub.current.signedIn = true;
  hub.current.role = 'director';
});

describe('the season', () => {
  it('shows the teams beside each other as groups, with what they reached', async () => {
    openApp('/season');
    const team = within(await screen.findByRole('region', { name: 'First team' }));
    expect(await team.findByText(/Away today: 2 injured, 1 ill, 0 for other reasons/)).toBeVisible();
    expect(team.getByRole('img', { name: /^Attendance by weeks/ })).toBeVisible();
    expect(await team.findByText('1 won, 1 drawn, 1 lost')).toBeVisible();
    expect(team.getByRole('link', { name: '2:1 won against Brackwater Rovers' })).toBeVisible();
  });

  it('tells nothing of a team that is too small, and says why', async () => {
    openApp('/season');
    const small = within(await screen.findByRole('region', { name: 'Under 19' }));
    expect(await small.findByText(/^Fewer than five athletes/)).toBeVisible();
    expect(small.getByRole('img', { name: 'Load by weeks. Last week told: not told.' })).toBeVisible();
  });

  it('asks the hub for groups only, over the time that is chosen', async () => {
    openApp('/season');
    await screen.findByText(/Away today/);
    await person.selectOptions(screen.getByLabelText('Time'), '26 weeks');
    await screen.findByText(/over 26 weeks/);
    await screen.findByText(/Away today/);
    const days = hub.current.season.asked.map(({ searchParams }) =>
      Math.round(
        (Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '')) / 86_400_000,
      ),
    );
    // from a Monday, so up to six days more than whole weeks
    expect(Math.floor((days.at(-1) ?? 0) / 7)).toBe(25);
    expect(hub.current.season.asked.every(({ pathname }) => pathname.endsWith('/overview'))).toBe(true);
  });

  it('of a team that did nothing says what to do next', async () => {
    hub.current.season.isSilent = true;
    openApp('/season');
    expect(await screen.findAllByText('Nothing is told of this team in this time.')).toHaveLength(2);
  });

  it('is no place of a coach', async () => {
    hub.current.role = 'coach';
    openApp('/competitions');
    await screen.findByRole('link', { name: 'Harbour Cup' });
    expect(screen.queryByRole('link', { name: 'Season' })).toBeNull();
  });
});
