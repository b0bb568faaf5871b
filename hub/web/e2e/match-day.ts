/**
 * Results with the real system: a coach brings a file after looking at it, an official corrects it twice, and the coach sees
 * what changed, when and by whom; then a director's season, with the match that the file told of.
 *
 *     BASE_URL=http://localhost:8080 EMAIL=… PASSWORD=… npm run e2e:match-day
 *
 * EMAIL is an admin's, whose club gets a team, five athletes, a coach, an official and a director. Also: SCREENSHOTS (a
 * folder), CHROMIUM. Prints JSON; exits with 1 when a step failed.
 */
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { collectPageErrors } from './checks.ts';
import { accessible, demanded, enter, must, picture, step, tellSteps } from './steps.ts';

const STEP_MS = 30_000;
const TEAM = 'Harbour women';
const RUNNER = 'Ilvy Öztürkova';

const baseUrl = demanded('BASE_URL');
const email = demanded('EMAIL');
const password = demanded('PASSWORD');
const today = new Date().toISOString().slice(0, 10);
const mark = email.replace('@', '-at-');

const browser = await openBrowser();
const errors: string[][] = [];

/** Somebody at a window of their own. */
async function somebody(): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1180, height: 820 } })).newPage();
  page.setDefaultTimeout(STEP_MS);
  errors.push(collectPageErrors(page));
  return page;
}

const admin = await somebody();
const [coach, official, director] = [await somebody(), await somebody(), await somebody()];

try {
  await step('a club with a team, and who looks after it', people);
  await step('a coach looks at a result file, and takes it in', bring);
  await step('an official corrects it, twice', correct);
  await step('the coach sees what changed, when and by whom', revisions);
  await step('a director’s season: the team as a group, and its match', season);
  await step('no error of a page, nothing refused by the content policy', async () =>
    must(errors.flat().length === 0, errors.flat()),
  );
} catch (error) {
  await picture(coach, 'match-day-failed');
  console.error(error instanceof Error ? error.message : error);
} finally {
  await browser.close();
}
tellSteps();

async function people(): Promise<void> {
  await signIn(admin, email);
  const team = await made('teams', { name: TEAM });
  const athletes = [RUNNER, 'Berit Dornfeld', 'Carla Moorkamp', 'Dunja Quellhof', 'Elif Vogelsang'];
  for (const [place, name] of athletes.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as somebody types them
    const athlete = await made('athletes', { team_id: team, name, number: place + 1 });
    // oxlint-disable-next-line no-await-in-loop
    if (name === RUNNER) await asked('put', `athletes/${athlete}/listing`, { licences: ['L-77'] });
  }
  await made('accounts', account('Cora Coach', 'coach', [team]));
  await made('accounts', account('Olaf Official', 'technician', [team]));
  await made('accounts', account('Dora Director', 'director', []));
}

async function bring(): Promise<void> {
  await signIn(coach, `coach-${mark}@club.example`);
  await coach.getByRole('link', { name: 'Results' }).click();
  await coach.getByText('No competition is known yet.').waitFor();
  await accessible(coach);
  await coach.getByRole('button', { name: 'Bring a result file' }).click();
  await choose(coach, file('12.34', 1));
  await coach.getByText('1 of ours recognised').waitFor();
  await coach.getByText(/The competition Harbour Cup would be added with it/).waitFor();
  await accessible(coach);
  await picture(coach, 'match-day-preview');
  await coach.getByRole('button', { name: 'Take it in' }).click();
  await coach.getByRole('heading', { name: 'Harbour Cup' }).waitFor();
  await coach.getByRole('cell', { name: '12.34' }).waitFor();
  await accessible(coach);
}

async function correct(): Promise<void> {
  await signIn(official, `technician-${mark}@club.example`);
  await official.getByRole('link', { name: 'Results' }).click();
  await official.getByRole('link', { name: 'Harbour Cup' }).click();
  for (const [time, goals] of [
    ['12.44', 2],
    ['12.31', 2],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- the second correction comes after the first
    await correctTo(time, goals);
  }
}

async function correctTo(time: string, goals: number): Promise<void> {
  await official.getByRole('button', { name: 'Bring a file' }).click();
  await choose(official, file(time, goals));
  await official.getByRole('dialog').locator('ins', { hasText: time }).waitFor();
  await official.getByRole('button', { name: 'Take it in' }).click();
  await official.getByRole('dialog').waitFor({ state: 'detached' });
  await official.getByText(time, { exact: true }).first().waitFor();
}

async function revisions(): Promise<void> {
  await coach.reload();
  await coach.getByRole('cell', { name: '12.31' }).waitFor();
  await coach.getByRole('button', { name: `corrected 2 times: ${RUNNER}` }).click();
  const versions = coach.getByRole('dialog').locator('ol > li');
  await versions.nth(2).waitFor();
  const told = await versions.allInnerTexts();
  must(/Olaf Official, .*12\.44 → 12\.31/s.test(told[0] ?? ''), told);
  must(/Olaf Official, .*12\.34 → 12\.44/s.test(told[1] ?? ''), told);
  must(/Cora Coach, .*as first told.*12\.34/s.test(told[2] ?? ''), told);
  await accessible(coach);
  await picture(coach, 'match-day-revisions');
  await coach.getByRole('button', { name: 'Close' }).click();
  await coach.getByRole('button', { name: 'What changed: cup.json' }).nth(1).click();
  await coach
    .getByRole('listitem')
    .filter({ hasText: /^score: FT 1 → FT 2$/ })
    .waitFor();
  await accessible(coach);
}

async function season(): Promise<void> {
  await signIn(director, `director-${mark}@club.example`);
  await director.getByRole('link', { name: 'Season' }).click();
  const team = director.getByRole('region', { name: TEAM });
  await team.getByText(/^5 athletes · Away today: 0 injured/).waitFor();
  await team.getByRole('link', { name: '2:1 won against Brackwater Rovers' }).waitFor();
  await accessible(director);
  await picture(director, 'match-day-season');
  await team.getByRole('link', { name: '2:1 won against Brackwater Rovers' }).click();
  await director.getByRole('heading', { name: 'Harbour Cup' }).waitFor();
  await director.getByRole('button', { name: `corrected 2 times: ${RUNNER}` }).waitFor();
}

async function signIn(page: Page, who: string): Promise<void> {
  await page.goto(baseUrl);
  await enter(page, who, password);
  await page.getByRole('navigation', { name: 'Places' }).waitFor();
}

function account(name: string, role: string, teams: string[]): object {
  return { email: `${role}-${mark}@club.example`, name, role, password, teams };
}

async function asked(method: 'post' | 'put', path: string, data: object): Promise<{ id?: string }> {
  const answer = await admin.request[method](`${baseUrl}/api/v1/${path}`, {
    data,
    headers: { 'X-STS-Request': '1', Origin: new URL(baseUrl).origin },
  });
  must(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as { id?: string };
}

async function made(path: string, data: object): Promise<string> {
  return (await asked('post', path, data)).id ?? '';
}

async function choose(page: Page, content: string): Promise<void> {
  await page.getByLabel('The file as its program wrote it').setInputFiles({
    name: 'cup.json',
    mimeType: 'application/json',
    buffer: Buffer.from(content),
  });
  await page.getByRole('button', { name: 'Look at it first' }).click();
}

function round(heat: object): object[] {
  return [{ name: 'final', date: today, heats: [{ number: 1, state: 'official', ...heat }] }];
}

function side(name: string, lane: number, goals: number): object {
  return { competitor: { kind: 'team', name }, lane, result: { scores: [{ period: 'ft', value: goals }] } };
}

function runner(name: string, licence: string, bib: string, rank: number, text: string): object {
  const time = { ticks: Math.round(Number(text) * 10_000), text };
  return { competitor: { name, licence }, bib, result: { rank, time } };
}

/** A meet of today: a race with one of ours, and a match of the team. */
function file(time: string, goals: number): string {
  const race = [runner(RUNNER, 'L-77', '234', 1, time), runner('Alix Quarrow', 'L-9', '235', 2, '12.61')];
  const match = [side(TEAM, 1, goals), side('Brackwater Rovers', 2, 1)];
  const events = [
    { id: '14', name: '100 m', rounds: round({ entries: race }) },
    { id: 'league', name: 'League', rounds: round({ entries: match }) },
  ];
  return JSON.stringify({ meet: { name: 'Harbour Cup', first_day: today, last_day: today, events } });
}
