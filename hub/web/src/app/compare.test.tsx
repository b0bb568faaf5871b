/** Athletes compared against the stub hub. */
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { openApp } from './open-app';

beforeEach(() => {
  hub.current.signedIn = true;
});

it('asks for two at least, takes four at most, and nobody twice', async () => {
  openApp('/compare');
  const person = userEvent.setup();
  expect(await screen.findByText('Choose at least two athletes.')).toBeVisible();
  for (const [place, name] of ['1 A. Silva', '2 B. Costa', '3 C. Nunes', '4 D. Sousa'].entries())
    await person.selectOptions(await screen.findByLabelText(`Athlete ${place + 1}`), name);
  await waitFor(() => expect(screen.getByLabelText('Athlete 4')).toHaveDisplayValue('4 D. Sousa'));
  expect(screen.queryByLabelText('Athlete 5')).toBeNull();
  expect(screen.queryAllByRole('option', { name: '1 A. Silva' })).toHaveLength(1);
  expect(screen.queryByText('Choose at least two athletes.')).toBeNull();
  expect(decodeURIComponent(location.search).split(',')).toHaveLength(4); // a link shows the same to others
});
