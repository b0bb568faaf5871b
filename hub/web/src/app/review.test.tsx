/** The review of a session against the stub hub: by keyboard from rating to rating, and nothing lost between two coaches. */
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { STUB_SESSION } from '@/testing/stub';
import { openApp } from './open-app';

let person: ReturnType<typeof userEvent.setup>;

beforeEach(() => {
  person = userEvent.setup();
  hub.current.signedIn = true;
});

async function openReview(): Promise<HTMLElement> {
  openApp(`/sessions/${STUB_SESSION}/review`);
  await screen.findByRole('checkbox', { name: 'Keep B. Costa' });
  return screen.getByRole('table');
}

const rating = (name: string) => screen.getByLabelText(`Rating of ${name}, 0 to 10`);
const finish = () => person.click(screen.getByRole('button', { name: 'Keep this and show the numbers' }));

describe('the review', () => {
  it('tells coverage in the words of completeness', async () => {
    const table = await openReview();
    const row = await within(table).findByRole('row', { name: /B\. Costa.*silent|B\. Costa.*said nothing/ });
    expect(row).toHaveTextContent(/99 % the strap said nothing, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d/);
    expect(within(table).getByRole('row', { name: /C\. Nunes/ })).toHaveTextContent('complete');
  });

  it('takes ratings by keyboard, with Enter from one to the next', async () => {
    await openReview();
    await person.click(rating('A. Silva'));
    await person.keyboard('7{Enter}6,5{Enter}11{Enter}');
    await waitFor(() => expect(hub.current.day.ratings.map(one => one.rating)).toEqual([7, 6.5]));
    expect(rating('C. Nunes')).toBeInvalid();
    expect(rating('D. Sousa')).toHaveFocus();
  });

  it('drops whoever is not kept, keeps notes, and goes to the numbers', async () => {
    await openReview();
    await person.click(screen.getByRole('checkbox', { name: 'Keep B. Costa' }));
    await person.type(screen.getByLabelText('Notes, for the staff'), 'Windy');
    await finish();
    expect(await screen.findByRole('heading', { name: 'Intervals on the pitch' })).toBeVisible();
    const session = hub.current.day.sessions[0];
    expect(session?.notes).toBe('Windy');
    expect(session?.roster).toHaveLength(17); // eighteen of the first team, but one
  });

  it('shows what somebody else wrote meanwhile, and keeps both in sight', async () => {
    await openReview();
    Object.assign(hub.current.day.sessions[0] ?? {}, { notes: 'Rain' });
    await person.type(screen.getByLabelText('Notes, for the staff'), 'Windy');
    await finish();
    expect(await screen.findByText('Somebody else wrote meanwhile: Rain')).toBeVisible();
    expect(screen.getByLabelText('Notes, for the staff')).toHaveValue('Windy');
    expect(hub.current.day.sessions[0]?.notes).toBe('Rain');
  });
});
