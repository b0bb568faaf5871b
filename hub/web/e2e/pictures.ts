/**
 * A picture of every screen of a running system: at three sizes, light and dark, in English, three screens in Portuguese
 * too, with a page that shows them all. Every screen's boxes are measured as well.
 *
 *     BASE_URL=… EMAIL=… SEASON_EMAIL=… PASSWORD=… SCREENSHOTS=… npm run pictures
 *
 * EMAIL sees live straps, SEASON_EMAIL a season. Exits with 1 when a screen did not come, or a box is cropped, sticks out or
 * lies over its neighbour.
 */
import { writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { boxFaults } from './boxes.ts';
import { openBrowser } from './browser.ts';
import { demanded, enter } from './steps.ts';

const STEP_MS = 60_000;
const SIZES = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'tablet', width: 820, height: 1180 },
  { name: 'wall', width: 1920, height: 1080 },
] as const;
const THEMES = ['light', 'dark'] as const;

const baseUrl = demanded('BASE_URL');
const folder = demanded('SCREENSHOTS');
const password = demanded('PASSWORD');

type Size = (typeof SIZES)[number];
interface Look {
  size: Size;
  theme: (typeof THEMES)[number];
  language: 'en' | 'pt';
}
type Screens = Readonly<Record<string, string>>;

/** Names of pictures and their places; before the sign-in, with live straps, and with a season. */
const OUTSIDE: Screens = { 'sign-in': '/sign-in', forgotten: '/forgotten' };
/** A tile's line of the last minute comes with the next value of its strap, a second later; twice that. */
const LINES_MS = 2_000;
const LIVE: Screens = { wall: '/', 'start-session': '/sessions/new' };

const taken: { file: string; faults: string[] }[] = [];
const browser = await openBrowser();
try {
  for (const size of SIZES)
    for (const theme of THEMES) await inEnglish(browser, { size, theme, language: 'en' });
  for (const size of SIZES) await inPortuguese(browser, { size, theme: 'light', language: 'pt' });
} finally {
  await browser.close();
  writeFileSync(`${folder}/index.html`, indexOf(taken.map(({ file }) => file)));
}
const faulty = taken.filter(({ faults }) => faults.length > 0);
console.log(JSON.stringify({ pictures: taken.length, folder, faulty }, null, 2));
process.exitCode = faulty.length === 0 ? 0 : 1;

async function inEnglish(from: Browser, look: Look): Promise<void> {
  await withPage(from, look, async page => {
    await takeAll(page, look, OUTSIDE);
    await signIn(page, demanded('EMAIL'));
    await page.locator('[data-state=live]').first().waitFor();
    await takeAll(page, look, LIVE);
  });
  await withPage(from, look, async page => {
    await signIn(page, demanded('SEASON_EMAIL'));
    await takeAll(page, look, await ofSeason(page));
  });
}

async function inPortuguese(from: Browser, look: Look): Promise<void> {
  await withPage(from, look, async page => {
    await signIn(page, demanded('SEASON_EMAIL'));
    // src/words/language.ts reads it: the choice of this device
    await page.evaluate(() => localStorage.setItem('sts-language', 'pt'));
    const { sessions = '', session = '', 'squad-cards': squad = '' } = await ofSeason(page);
    await takeAll(page, look, { sessions, session, 'squad-cards': squad });
  });
}

async function withPage(from: Browser, look: Look, act: (page: Page) => Promise<void>): Promise<void> {
  const { width, height } = look.size;
  const context = await from.newContext({
    viewport: { width, height },
    colorScheme: look.theme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_MS);
  await act(page);
  await context.close();
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${baseUrl}/sign-in`);
  await enter(page, email, password);
  await page.getByRole('navigation').waitFor();
}

/** The season's newest session that ended, its team and two of its athletes. */
async function ofSeason(page: Page): Promise<Screens> {
  const { team_id: team, id, from, to, athletes } = await newestSession(page);
  const [one = '', other = ''] = athletes;
  const span = `from=${from}&to=${to}`;
  const week = from.slice(0, 10);
  return {
    sessions: `/sessions?team=${team}&week=${mondayOf(week)}`,
    session: `/sessions/${id}?team=${team}`,
    review: `/sessions/${id}/review?team=${team}`,
    'squad-cards': `/squad?team=${team}&view=cards`,
    'squad-table': `/squad?team=${team}&view=table`,
    athlete: `/athletes/${one}?team=${team}&${span}`,
    compare: `/compare?team=${team}&athletes=${one},${other}&${span}`,
    competitions: '/competitions',
    alarms: `/alarms?team=${team}`,
    people: `/people?team=${team}`,
    club: '/club',
    account: '/account',
    nowhere: '/nowhere',
  };
}

interface Newest {
  id: string;
  team_id: string;
  from: string;
  to: string;
  athletes: string[];
}

interface Session {
  id: string;
  team_id: string;
  state: string;
  started_at: string;
  ended_at: string;
}

async function newestSession(page: Page): Promise<Newest> {
  const sessions = await read<Session>(page, 'sessions?limit=500');
  const ended = sessions.filter(({ state }) => state === 'ended');
  const newest = ended.toSorted((one, two) => one.started_at.localeCompare(two.started_at)).at(-1);
  if (newest === undefined) throw new Error('The season has no session that ended.');
  const athletes = await read<{ id: string }>(page, `athletes?team=${newest.team_id}&limit=2`);
  return {
    id: newest.id,
    team_id: newest.team_id,
    from: newest.started_at,
    to: newest.ended_at,
    athletes: athletes.map(({ id }) => id),
  };
}

async function read<Item>(page: Page, path: string): Promise<Item[]> {
  const answer = await page.context().request.get(`${baseUrl}/api/v1/${path}`);
  return ((await answer.json()) as { items: Item[] }).items;
}

function mondayOf(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

async function takeAll(page: Page, look: Look, screens: Screens): Promise<void> {
  for (const [name, path] of Object.entries(screens)) {
    await page.goto(baseUrl + path);
    await settled(page);
    if (path === LIVE['wall']) await page.waitForTimeout(LINES_MS);
    const file = `${name}-${look.size.name}-${look.theme}${look.language === 'en' ? '' : '-pt'}.png`;
    await page.screenshot({ path: `${folder}/${file}` });
    taken.push({ file, faults: await boxFaults(page) });
  }
}

/** Until nothing stands in for what is being loaded. */
async function settled(page: Page): Promise<void> {
  await page.locator('main, h1').first().waitFor();
  // a route and what it asks for come one after the other: quiet is when nothing was loading twice in a row
  for (let quiet = 0; quiet < 2;) {
    await page.waitForTimeout(250);
    quiet = (await page.locator('.appear-late').count()) === 0 ? quiet + 1 : 0;
  }
}

function indexOf(files: readonly string[]): string {
  const figures = files.map(
    file =>
      `<figure><a href="${file}"><img src="${file}" alt="" loading="lazy"></a><figcaption>${file}</figcaption></figure>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title><style>
body{font-family:sans-serif;display:grid;grid-template-columns:repeat(auto-fill,minmax(18rem,1fr));gap:1rem}
figure{margin:0}img{width:100%;border:1px solid #999}</style>${figures.join('\n')}</html>\n`;
}
