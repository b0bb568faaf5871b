/**
 * Every screen at every size, and each component in each state: nothing cropped, sticking out or over its neighbour, and
 * nothing that axe finds in the gallery.
 *
 * Builds the app with its gallery, which is not part of what is served, before a hub of paper. Also: SCREENSHOTS (a folder),
 * CHROMIUM. Prints JSON; exits with 1 when a step failed.
 */
import { build } from 'vite';
import { boxFaults } from './boxes.ts';
import { openBrowser } from './browser.ts';
import { accessible, must, picture, walk } from './steps.ts';
import { serveBuilt } from './stub-server.ts';
import { SQUAD, TEAMS } from './stub-squad.ts';

const WIDTHS_PX = [360, 390, 820, 1440, 3840] as const;
const HEIGHT_PX = 1080;
const TEAM = `team=${TEAMS[0]?.id}`;
const SESSION = '/sessions/00000000-0000-4000-8000-000000007001';
/** The wall is measured by journey.ts: its numbers change while it is looked at. */
const SCREENS = [
  '/sessions',
  '/sessions/new',
  SESSION,
  `${SESSION}/review`,
  `/squad?${TEAM}&view=cards`,
  `/squad?${TEAM}&view=table`,
  `/athletes/${SQUAD[0]?.id}`,
  `/compare?${TEAM}&athletes=${SQUAD[0]?.id},${SQUAD[1]?.id}`,
  `/alarms?${TEAM}`,
  `/people?${TEAM}`,
  '/competitions',
  '/account',
  '/nowhere',
];

const folder = new URL('../node_modules/.gallery', import.meta.url).pathname;
await build({ mode: 'gallery', logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
const server = await serveBuilt(folder);
const browser = await openBrowser();
const page = await browser.newPage({ reducedMotion: 'reduce', serviceWorkers: 'block' });

await walk(page, 'looks', [
  ...WIDTHS_PX.map(width => [`the gallery, ${width} px wide`, () => gallery(width)] as const),
  ...WIDTHS_PX.map(width => [`every screen, ${width} px wide`, () => screens(width)] as const),
  ['all of it, text of twice the size', largeText],
  ['a dialog on the smallest phone', dialog],
  ['boxes over each other are found', overlapping],
]);
server.close();

async function go(path: string): Promise<void> {
  await page.goto(server.url + path);
  await page.locator('main').waitFor();
  // a route and what it asks for come one after the other: quiet is when nothing was loading twice in a row
  for (let quiet = 0; quiet < 2;) {
    await page.waitForTimeout(150);
    quiet = (await page.locator('.appear-late').count()) <= (path === '/_gallery' ? 2 : 0) ? quiet + 1 : 0;
  }
}

async function gallery(width: number): Promise<void> {
  await page.setViewportSize({ width, height: HEIGHT_PX });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await go('/_gallery');
    await accessible(page);
    await picture(page, `gallery-${width}-${colorScheme}`);
  }
  await whole(['/_gallery']);
}

async function screens(width: number): Promise<void> {
  await page.setViewportSize({ width, height: HEIGHT_PX });
  await whole(SCREENS);
}

async function largeText(): Promise<void> {
  await page.setViewportSize({ width: 1440, height: HEIGHT_PX });
  await whole(['/_gallery', ...SCREENS], () =>
    page.evaluate(() => void (document.documentElement.style.fontSize = '200%')),
  );
}

/** No fault at any of these places; all of them are told at once. */
async function whole(paths: readonly string[], change?: () => Promise<void>): Promise<void> {
  const found: string[] = [];
  for (const path of paths) {
    await go(path);
    await change?.();
    for (const fault of new Set(await boxFaults(page))) found.push(`${path}: ${fault}`);
  }
  must(found.length === 0, found);
}

async function dialog(): Promise<void> {
  await page.setViewportSize({ width: 360, height: 640 });
  await go('/_gallery');
  await page.getByRole('button', { name: 'Open the dialog' }).click();
  await page.getByRole('dialog').waitFor();
  await accessible(page);
  const faults = await boxFaults(page);
  must(faults.length === 0, faults);
}

/** The control of the measuring. */
async function overlapping(): Promise<void> {
  await page.evaluate(() => {
    for (const button of document.querySelectorAll('button')) button.style.marginLeft = '-60px';
  });
  must(
    (await boxFaults(page)).some(fault => fault.startsWith('over each other')),
    'Buttons over each other were not found.',
  );
}
