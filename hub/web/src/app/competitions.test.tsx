/** Competitions and results, as each role sees them, against the stub hub. */
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { hub } from '@/testing/set-up';
import { STUB_CUP } from '@/testing/stub';
import { openApp } from './open-app';

const person = userEvent.setup();
const CUP = `/competitions/${STUB_CUP}`;

beforeEach(() => {
  hub.current.signedIn = true;
});

describe('the list of competitions', () => {
  it('stands by seasons, the newest first, and says where somebody is to be told apart', async () => {
    openApp('/competitions');
    const tables = await screen.findAllByRole('table');
    expect(tables.map(table => within(table).getAllByRole('link')[0]?.textContent)).toEqual([
      'Harbour Cup',
      'Spring gala',
    ]);
    expect(screen.getAllByRole('heading', { name: /^Season/ }).map(one => one.textContent)).toEqual([
      'Season 2025/26',
      'Season 2024/25',
    ]);
  });

  it('that is empty says what to do next', async () => {
    hub.current.competitions.competitions = [];
    openApp('/competitions');
    expect(await screen.findByText('No competition is known yet.')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Bring a result file' })).toBeVisible();
  });

  it('offers nothing to change to a trainer, who may not', async () => {
    hub.current.role = 'trainer';
    openApp('/competitions');
    await screen.findByRole('link', { name: 'Harbour Cup' });
    expect(screen.queryByRole('button', { name: 'Bring a result file' })).toBeNull();
  });
});

describe('one competition', () => {
  it('shows ours first, and all with ties and statuses in words', async () => {
    openApp(CUP);
    const table = await screen.findByRole('table', { name: /Girls 100 m/ });
    expect(within(table).getAllByRole('rowheader')).toHaveLength(1);
    await person.click(screen.getByRole('radio', { name: 'All' }));
    const ranks = within(screen.getByRole('table', { name: /Girls 100 m/ }))
      .getAllByRole('row')
      .slice(1)
      .map(row => [
        within(row).getAllByRole('cell')[0]?.textContent,
        within(row).getByRole('rowheader').textContent,
      ]);
    expect(ranks).toEqual([
      ['1', 'A. Silva'],
      ['2', "Zoé O'Quill"],
      ['2', 'B. Costa'],
      ['–', 'Ann-Mär Løwnstad'],
    ]);
    expect(screen.getByText('disqualified')).toBeVisible();
  });

  it('shows what each of two corrections changed, when, and by whom', async () => {
    openApp(CUP);
    await person.click(await screen.findByRole('button', { name: /^corrected 2 times/ }));
    const versions = within(await screen.findByRole('dialog')).getAllByRole('listitem');
    const told = versions.map(one => one.textContent).filter(text => text.includes('heat.lif'));
    expect(told).toHaveLength(3);
    expect(told[0]).toMatch(/^Helena Prado, .*2026.*time: 1:02\.44 → 1:02\.31/);
    expect(told[1]).toMatch(/^Rui Castro, .*2026.*rank: 1 → 2.*time: 1:02\.34 → 1:02\.44/);
    expect(told[2]).toMatch(/^pool-pc, .*as first told/);
  });

  it('lists its files with what each changed', async () => {
    openApp(CUP);
    const files = await screen.findAllByRole('button', { name: 'What changed: heat.lif' });
    expect(files).toHaveLength(2);
    await person.click(files[0] ?? document.body);
    expect(await screen.findByText('Result: A. Silva')).toBeVisible();
  });

  it('shows splits with heart rate, and how far the clock may be wrong', async () => {
    openApp(CUP);
    await person.click(await screen.findByRole('button', { name: 'Splits: A. Silva' }));
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText(/off by 1.240 s, right within ± 0.035 s/)).toBeVisible();
    expect(within(dialog).getByText('171')).toBeVisible();
  });

  it('says why there are no rates, and a clock can be set', async () => {
    hub.current.competitions.clocks = [];
    openApp(CUP);
    await person.click(await screen.findByRole('button', { name: 'Splits: A. Silva' }));
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText(/Set it under “Clocks”/)).toBeVisible();
    await person.click(within(dialog).getByRole('button', { name: 'Close' }));
    await person.click(screen.getByRole('button', { name: 'Set a clock' }));
    await person.type(screen.getByLabelText('To be added, s'), '-1,5');
    await person.type(screen.getByLabelText('Right within ±, s'), '0.2');
    await person.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(hub.current.competitions.clocks).toMatchObject([{ offset_ms: -1500, error_ms: 200 }]),
    );
  });

  it('lets a coach say who somebody with a bib is', async () => {
    openApp(CUP);
    await person.click(await screen.findByRole('button', { name: 'Match B. Costa' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText(/bib 236/)).toBeVisible();
    await waitFor(() => expect(within(dialog).getByLabelText('One of ours')).toHaveDisplayValue(/may be/));
    await person.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByText('Who is who')).toBeNull());
    expect(hub.current.competitions.said).toEqual([{ athlete_id: hub.current.day.athlete(2) }]);
  });
});

async function choose(content: string): Promise<void> {
  openApp(CUP);
  await person.click(await screen.findByRole('button', { name: 'Bring a file' }));
  await person.upload(
    screen.getByLabelText('The file as its program wrote it'),
    new File([content], 'heat.lif', { type: 'text/plain' }),
  );
  await person.click(screen.getByRole('button', { name: 'Look at it first' }));
}

describe('a result file', () => {
  it('is looked at before it is taken in: who is recognised, what is refused, what changes', async () => {
    await choose('1,234,4,Silva');
    const dialog = within(await screen.findByRole('dialog', { name: 'heat.lif' }));
    expect(dialog.getByText(/4 of 5 lines could be read/)).toBeVisible();
    expect(screen.getByText('1 of ours recognised').parentElement).toHaveTextContent('A. Silva');
    expect(screen.getByText(/Line 6: The time 12.6x cannot be read/)).toBeVisible();
    expect(hub.current.competitions.sent).toHaveLength(0);
    await person.click(screen.getByRole('button', { name: 'Take it in' }));
    await waitFor(() => expect(hub.current.competitions.sent).toEqual(['1,234,4,Silva']));
  });

  it('that cannot be read says so, and nothing is sent', async () => {
    await choose('');
    expect(await screen.findByRole('alert')).toHaveTextContent('heat.lif: The file is empty.');
    expect(hub.current.competitions.sent).toHaveLength(0);
  });
});

describe('an athlete', () => {
  it('has the own results, with their corrections', async () => {
    hub.current.role = 'athlete';
    openApp('/competitions');
    expect(await screen.findByRole('heading', { name: 'My results' })).toBeVisible();
    expect(await screen.findByRole('cell', { name: '1:02.31' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'corrected 2 times' })).toBeVisible();
  });
});
