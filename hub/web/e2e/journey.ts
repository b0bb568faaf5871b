/**
 * A coach's first minutes with the real system: sign in, see thirty live athletes, lose a strap, see it late, then
 * lost, get it back, open its athlete's page, sign out.
 *
 *     BASE_URL=http://localhost:8080 EMAIL=… PASSWORD=… STS_SIM_CONTROL=/path/sim.sock npm run e2e
 *
 * Also: STRAP (hr-07), STS_SIM_TRUTH (the simulator's truth log: measures strap to changed text), SCREENSHOTS (a folder),
 * CHROMIUM. Prints JSON; exits with 1 when a step failed.
 */
import { openBrowser } from './browser.ts';
import { collectPageErrors, fits } from './checks.ts';
import { latencies, watchNumbers } from './latency.ts';
import { order } from './simulator.ts';
import type { Detail } from './steps.ts';
import { accessible, demanded, enter, must, picture, step, tellSteps } from './steps.ts';

const ATHLETES = 30;
/** Straps connect one after the other: a whole squad took half a minute on a loaded machine. */
const SQUAD_LIVE_MS = 120_000;
const STEP_MS = 60_000;
const WATCHED_MS = 20_000;

const baseUrl = demanded('BASE_URL');
const email = demanded('EMAIL');
const password = demanded('PASSWORD');
const control = demanded('STS_SIM_CONTROL');
const strap = process.env['STRAP'] ?? 'hr-07';
const truthLog = process.env['STS_SIM_TRUTH'];

const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
page.setDefaultTimeout(STEP_MS);
const errors = collectPageErrors(page);
const tile = page.locator(`[data-sensor="${strap}"]`);

try {
  await step('a wrong password is told as one', wrongPassword);
  await step('sign in', signIn);
  await step('thirty live athletes', thirtyLive);
  await step('all in sight on a television and a tablet', inSight);
  if (truthLog !== undefined) await step('strap to changed text', () => measureLatency(truthLog));
  await step('a muted strap is late, then lost, and its number is gone', loseStrap);
  await step('it is live again when it speaks again', regainStrap);
  await step('the athlete’s page', athletePage);
  await step('sign out', signOut);
  await step('no error of the page, nothing refused by the content policy', async () =>
    must(errors.length === 0, errors),
  );
} catch (error) {
  await picture(page, 'failed');
  console.error(error instanceof Error ? error.message : error);
} finally {
  await order(control, { do: 'unmute', strap }).catch(() => undefined);
  await browser.close();
}
tellSteps();

async function wrongPassword(): Promise<void> {
  await page.goto(baseUrl);
  await enter(page, email, `${password} `);
  await page
    .getByRole('alert')
    .getByText(/password is wrong/)
    .waitFor();
  await accessible(page);
}

async function signIn(): Promise<void> {
  await enter(page, email, password);
  await page.getByRole('heading', { name: 'Live wall' }).waitFor();
}

async function thirtyLive(): Promise<void> {
  await page
    .locator('[data-state=live]')
    .nth(ATHLETES - 1)
    .waitFor({ timeout: SQUAD_LIVE_MS });
  const numbers = await page.locator('[data-state=live] [data-part=number]').allTextContents();
  must(numbers.length === ATHLETES && numbers.every(text => Number(text) > 20), numbers);
  await accessible(page);
  await picture(page, 'wall');
}

async function inSight(): Promise<void> {
  for (const [width, height] of [
    [1920, 1080],
    [1180, 820],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(500);
    must(await fits(page), `The wall does not fit ${width} × ${height}.`);
    await picture(page, `wall-${width}`);
  }
}

async function measureLatency(log: string): Promise<Detail> {
  await watchNumbers(page);
  await page.waitForTimeout(WATCHED_MS);
  return latencies(page, log);
}

async function loseStrap(): Promise<Detail> {
  await order(control, { do: 'mute', strap });
  const began = performance.now();
  await page.locator(`[data-sensor="${strap}"][data-state=late]`).waitFor();
  const lateMs = Math.round(performance.now() - began);
  await picture(page, 'late');
  await page.locator(`[data-sensor="${strap}"][data-state=lost]`).waitFor();
  const lostMs = Math.round(performance.now() - began);
  await picture(page, 'lost');
  must((await tile.locator('[data-part=number]').count()) === 0, 'A lost strap still shows a number.');
  await page
    .locator('[data-state=live]')
    .nth(ATHLETES - 2)
    .waitFor(); // all the others
  return { late_after_ms: lateMs, lost_after_ms: lostMs };
}

async function regainStrap(): Promise<void> {
  await order(control, { do: 'unmute', strap });
  await page.locator(`[data-sensor="${strap}"][data-state=live]`).waitFor();
  await tile.locator('[data-part=number]').waitFor();
}

async function athletePage(): Promise<void> {
  await tile.click();
  await page.getByRole('heading', { name: 'Heart rate' }).waitFor();
  await page.locator('figure canvas').first().waitFor();
  await page.getByText('Coverage').first().waitFor();
  await accessible(page);
  await picture(page, 'athlete');
  await page.getByRole('link', { name: 'Back to the live wall' }).click();
  await page.locator('[data-state=live]').first().waitFor();
}

async function signOut(): Promise<void> {
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password', { exact: true }).waitFor();
}
