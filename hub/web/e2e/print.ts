/**
 * What a coach hands out, as Chromium prints it: a session's and a squad's numbers on one page each, nothing cropped.
 *
 * Run `npm run build` first. Also: SCREENSHOTS (a folder for the PDFs' pictures), CHROMIUM. Prints JSON; exits with 1 when a
 * step failed.
 */
import { boxFaults } from './boxes.ts';
import { openBrowser } from './browser.ts';
import { must, picture, walk } from './steps.ts';
import { serveBuilt } from './stub-server.ts';
import { TEAMS } from './stub-squad.ts';

/** A4 less 12 mm on each side, at the 96 px to an inch that CSS counts by. */
const SHEET_PX = { width: 703, height: 1032 };
const SESSION = '/sessions/00000000-0000-4000-8000-000000007001';
const SQUAD = `/squad?team=${TEAMS[0]?.id}`;
const LAST_OF_THIRTY = 'D. Esteves';

const server = await serveBuilt(new URL('../dist', import.meta.url).pathname);
const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1180, height: 820 }, colorScheme: 'dark' });

await walk(page, 'print', [
  ['a session on one page', () => sheet(SESSION, 1)],
  ['a squad on one page', () => sheet(`${SQUAD}&view=table`, 1)],
  ['the courses of a squad, no card parted', () => sheet(`${SQUAD}&view=cards`, 2)],
  ['what is too wide is found', tooWide],
  ['what is too long is found', tooLong],
]);
server.close();

async function sheet(path: string, most: number): Promise<{ pages: number }> {
  await page.setViewportSize({ width: 1180, height: 820 });
  await page.goto(server.url + path);
  await page.getByRole('link', { name: LAST_OF_THIRTY }).waitFor();
  const pages = await printed();
  must(pages <= most, `${pages} pages`);
  await asOnPaper();
  const faults = await boxFaults(page);
  must(faults.length === 0, faults);
  const left = await page.getByRole('button').or(page.getByRole('navigation')).allTextContents();
  must(!left.includes('Print') && (await page.getByRole('navigation').count()) === 0, left);
  await picture(page, `print-${path.replace(/\W+/g, '-')}`);
  return { pages };
}

async function printed(): Promise<number> {
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

async function asOnPaper(): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize(SHEET_PX);
}

/** The control of the measuring: a table that no sheet can hold. */
async function tooWide(): Promise<void> {
  await page.goto(server.url + SESSION);
  await page.getByRole('link', { name: LAST_OF_THIRTY }).waitFor();
  await asOnPaper();
  await page.evaluate(() => {
    const table = document.querySelector('table');
    if (table !== null) table.style.width = '2000px';
  });
  must((await boxFaults(page)).length > 0, 'A table of 2000 px was not found on a sheet of 703.');
}

/** The control of the count: rows as high as on a screen. */
async function tooLong(): Promise<void> {
  await page.evaluate(() => {
    for (const row of document.querySelectorAll('tr')) row.style.height = '60px';
  });
  must((await printed()) > 1, 'Thirty rows of 60 px were counted as one page.');
}
