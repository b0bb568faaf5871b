/**
 * A coach's training with the real system: start a session in three steps, begin phases, put somebody on the bench, lose
 * the network for a tap, end it, review it by keyboard, and read its numbers; then two straps that were mixed up are
 * exchanged from its begin on, with the figures that follow; athletes compared; an alarm made and tried on the past.
 *
 *     BASE_URL=http://localhost:8080 EMAIL=… PASSWORD=… npm run e2e:coach
 *
 * Also: SCREENSHOTS (a folder), CHROMIUM. Prints JSON; exits with 1 when a step failed.
 */
import { openBrowser } from './browser.ts';
import { collectPageErrors } from './checks.ts';
import type { Detail } from './steps.ts';
import { accessible, demanded, enter, must, picture, step, tellSteps } from './steps.ts';

const STEP_MS = 60_000;
/** Straps connect one after the other: the first are heard after some seconds, on a loaded machine later. */
const FIRST_LIVE_MS = 120_000;
/** Figures are computed anew within a minute of a change. */
const FIGURES_MS = 90_000;
const NAME = 'Evening on the pitch';

const baseUrl = demanded('BASE_URL');
const email = demanded('EMAIL');
const password = demanded('PASSWORD');

const browser = await openBrowser();
const context = await browser.newContext({ viewport: { width: 1180, height: 820 } });
const page = await context.newPage();
page.setDefaultTimeout(STEP_MS);
const errors = collectPageErrors(page);
const button = (name: string | RegExp) => page.getByRole('button', { name });
const bar = page.getByRole('region', { name: 'Running session' });

try {
  await step('sign in', signIn);
  await step('start a session: what, who, check', start);
  await step('a phase in one tap, and back', phases);
  await step('onto the bench, and the tile says so', bench);
  await step('a tap without a network is kept, and told when it is back', withoutNetwork);
  await step('end', end);
  await step('review by keyboard', review);
  await step('two straps are exchanged afterwards, and every figure follows', exchange);
  await step('compare two', compare);
  await step('an alarm is tried on the session and kept', alarm);
  await step('no error of the page, nothing refused by the content policy', async () =>
    must(errors.length === 0, errors),
  );
} catch (error) {
  await picture(page, 'coach-failed');
  console.error(error instanceof Error ? error.message : error);
} finally {
  await browser.close();
}
tellSteps();

async function signIn(): Promise<void> {
  await page.goto(baseUrl);
  await enter(page, email, password);
  await page.locator('[data-state=live]').first().waitFor({ timeout: FIRST_LIVE_MS });
}

async function start(): Promise<void> {
  await page.getByRole('link', { name: 'Start a session' }).click();
  await page.getByLabel('Name', { exact: true }).fill(NAME);
  await accessible(page);
  await button(/^Next/).click();
  await page.getByRole('checkbox').first().waitFor();
  await accessible(page);
  await button(/^Next/).click();
  await page.getByRole('heading', { name: /^[1-9]\d* of \d+ straps are live$/ }).waitFor();
  await accessible(page);
  await picture(page, 'coach-check');
  await button('Start now').click();
  await bar.getByText(NAME).waitFor();
}

async function phases(): Promise<void> {
  await button('Warm-up').click();
  await bar.locator('[data-part=phase]', { hasText: 'Warm-up' }).waitFor();
  await button(/^Undo/).click();
  await bar.locator('[data-part=phase]').waitFor({ state: 'detached' });
  await button('Main part').click();
  await bar.locator('[data-part=phase]', { hasText: 'Main part' }).waitFor();
  await accessible(page);
  await picture(page, 'coach-running');
}

async function bench(): Promise<void> {
  await button('Line-up').click();
  await button(/: Bench$/)
    .first()
    .click();
  await accessible(page);
  await picture(page, 'coach-line-up');
  await button('Close').click();
  await page.locator('[data-state]', { hasText: 'Bench' }).first().waitFor();
}

async function withoutNetwork(): Promise<void> {
  const before = errors.length;
  await context.setOffline(true);
  await button('Marker').click();
  await bar.getByText(/One tap waits/).waitFor();
  await picture(page, 'coach-offline');
  await context.setOffline(false);
  await bar.getByText(/One tap waits/).waitFor({ state: 'detached' });
  // what could not be fetched meanwhile was told by the browser, as it should
  must(
    errors.slice(before).every(told => told.includes('ERR_INTERNET_DISCONNECTED')),
    errors,
  );
  errors.length = before;
}

async function end(): Promise<void> {
  await bar.getByRole('button', { name: 'End', exact: true }).click();
  await button('End it now').click();
  await page.getByRole('heading', { name: `Review: ${NAME}` }).waitFor();
}

async function review(): Promise<void> {
  await page
    .getByLabel(/^Rating of/)
    .first()
    .focus();
  await page.keyboard.type('7');
  await page.keyboard.press('Enter');
  await page.keyboard.type('6,5');
  await page.keyboard.press('Enter');
  await page.getByText('kept').nth(1).waitFor();
  await page.getByLabel('Notes, for the staff').fill('Windy');
  await accessible(page);
  await picture(page, 'coach-review');
  await button('Keep this and show the numbers').click();
  await page.getByRole('heading', { name: NAME, exact: true }).waitFor();
  await page.getByRole('table').waitFor({ timeout: FIRST_LIVE_MS });
  await accessible(page);
  await picture(page, 'coach-numbers');
}

async function exchange(): Promise<Detail> {
  const athletes = page.getByRole('table').locator('a');
  const [first, second] = (await athletes.allTextContents()).slice(0, 2);
  must(first !== undefined && second !== undefined, 'Fewer than two athletes have numbers.');
  await athletes.first().click();
  await button('Swap strap').click();
  await button(new RegExp(`^Since ${NAME} began`)).click();
  await accessible(page);
  await picture(page, 'coach-swap');
  await button(new RegExp(` of ${second}$`)).click();
  const figures = page.getByRole('dialog').getByRole('status').last();
  // one line for each of the two: whoever wore the other's strap has other figures now
  await figures
    .getByText(/: revised/)
    .nth(1)
    .waitFor({ timeout: FIGURES_MS });
  await accessible(page);
  await picture(page, 'coach-revised');
  const told = await figures.innerText();
  await button('Close').click();
  return { told };
}

async function compare(): Promise<void> {
  await page.getByRole('link', { name: 'Compare' }).click();
  const second = page.getByLabel('Athlete 2');
  await second.selectOption({ index: 1 });
  await page.locator('figure canvas').nth(1).waitFor();
  await accessible(page);
  await picture(page, 'coach-compare');
}

async function alarm(): Promise<void> {
  await page.getByRole('link', { name: 'Alarms' }).click();
  await button('New alarm').click();
  await page.getByLabel('Name', { exact: true }).fill('Any heartbeat');
  await page.getByLabel('Limit').fill('1');
  await page.getByLabel('In', { exact: true }).selectOption('');
  await page.getByLabel('For at least, s').fill('1');
  await page.getByLabel('Try it on').selectOption({ index: 1 });
  await button('Try it').click();
  await page.getByText(/Would have fired [1-9]\d* ×/).waitFor();
  await accessible(page);
  await picture(page, 'coach-alarm');
  await button('Save').click();
  const watches = page.getByRole('checkbox', { name: 'Any heartbeat watches' });
  await watches.waitFor();
  await accessible(page);
  // others look at this wall, too
  await watches.click();
  await page.getByRole('checkbox', { name: 'Any heartbeat watches', checked: false }).waitFor();
  await button('Remove Any heartbeat').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await watches.waitFor({ state: 'detached' });
}
