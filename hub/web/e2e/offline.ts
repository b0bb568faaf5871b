/**
 * The app on a device that loses its hub: it can be installed, opens without a network and shows what was read last with its
 * age, keeps nothing of the API in the browser's caches, forgets whoever was erased meanwhile at the next contact, and says
 * when the hub has a newer version.
 *
 *     BASE_URL=http://localhost:8080 EMAIL=… PASSWORD=… WEB_DIR=… node e2e/offline.ts
 *
 * EMAIL is an admin of a club without athletes; WEB_DIR is the folder that the hub serves, in which a new version is put.
 * Also: SCREENSHOTS (a folder), CHROMIUM. Prints JSON; exits with 1 when a step failed.
 */
import { appendFileSync } from 'node:fs';
import { openBrowser } from './browser.ts';
import { accessible, demanded, enter, must, picture, walk } from './steps.ts';

const STEP_MS = 30_000;
const STAYS = 'Rui Stays';
const GOES = 'Eva Goes';

const baseUrl = demanded('BASE_URL');
const email = demanded('EMAIL');
const password = demanded('PASSWORD');
const webDir = demanded('WEB_DIR');

const browser = await openBrowser();
const context = await browser.newContext({ viewport: { width: 1180, height: 820 } });
const page = await context.newPage();
page.setDefaultTimeout(STEP_MS);
const ids = new Map<string, string>();

await walk(page, 'offline', [
  ['sign in; two athletes', signIn],
  ['the app can be installed', installable],
  ['without a network it opens, with what was read last and its age', offline],
  ['no answer of the API is in a cache', nothingOfTheApi],
  ['at the next contact nothing is kept of whoever was erased', erased],
  ['what is read since then is what is shown without a network', offlineAgain],
  ['a new version is told, and loaded when asked', newVersion],
  ['after the sign-out nothing is kept', signOut],
]);

async function signIn(): Promise<void> {
  await page.goto(baseUrl);
  await enter(page, email, password);
  await page.getByRole('heading', { name: 'Live wall' }).waitFor();
  const team = await create('teams', { name: 'First team' });
  for (const name of [STAYS, GOES]) ids.set(name, (await create('athletes', { name, team_id: team.id })).id);
}

/** Makes a thing by the API, from outside of the app's own page. */
async function create(what: string, data: object): Promise<{ id: string }> {
  const headers = { 'X-STS-Request': '1', Origin: baseUrl, 'Idempotency-Key': crypto.randomUUID() };
  const answer = await context.request.post(`${baseUrl}/api/v1/${what}`, { data, headers });
  must(answer.ok(), await answer.text());
  return (await answer.json()) as { id: string };
}

async function installable(): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const devtools = await context.newCDPSession(page);
  const manifest = await devtools.send('Page.getAppManifest');
  must(manifest.errors.length === 0 && (manifest.data ?? '').includes('standalone'), manifest);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // a private window installs nothing, whatever the app is like
  const others = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
  must(others.length === 0, others);
}

async function people(): Promise<void> {
  await page.goto(`${baseUrl}/people`);
}

async function offline(): Promise<void> {
  await people();
  await page.getByText(GOES).waitFor();
  await keptNames(names => names.includes(GOES));
  await context.setOffline(true);
  await page.reload();
  await page.getByText(GOES).waitFor();
  await page.getByText(/^This device is offline. What you see is \d+ s old/).waitFor();
  await accessible(page);
  await picture(page, 'offline');
}

async function nothingOfTheApi(): Promise<{ cached: number }> {
  const cached = await page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
    return found;
  });
  must(cached.includes('/index.html') && cached.length > 20, cached);
  must(!cached.some(path => path.startsWith('/api')), cached);
  return { cached: cached.length };
}

/** Waits until all that is kept of the last state, as text, is as awaited. */
async function keptNames(isAwaited: (text: string) => boolean): Promise<void> {
  const until = Date.now() + STEP_MS;
  let text = await kept();
  while (!isAwaited(text)) {
    must(Date.now() < until, `kept: ${text}`);
    await page.waitForTimeout(100);
    text = await kept();
  }
}

function kept(): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('sts-last-state');
        opening.addEventListener('error', () => reject(new Error('no last state')));
        opening.addEventListener('success', () => {
          const all = opening.result.transaction('queries').objectStore('queries').getAll();
          all.addEventListener('success', () => resolve(JSON.stringify(all.result)));
        });
      }),
  );
}

async function erased(): Promise<void> {
  // the page is without a network; the request of this program is not
  await context.setOffline(false);
  await page.goto('about:blank');
  await create(`athletes/${ids.get(GOES)}/erasure`, {});
  await page.goto(baseUrl);
  await page.getByRole('heading', { name: 'Live wall' }).waitFor();
  await keptNames(names => names.includes(email) && !names.includes(GOES) && !names.includes(STAYS));
}

async function offlineAgain(): Promise<void> {
  await people();
  await page.getByText(STAYS).waitFor();
  await keptNames(names => names.includes(STAYS));
  await context.setOffline(true);
  await page.reload();
  await page.getByText(STAYS).waitFor();
  must((await page.getByText(GOES).count()) === 0, `${GOES} is still shown`);
  await context.setOffline(false);
}

async function newVersion(): Promise<void> {
  await page.goto(baseUrl);
  const told = page.getByText(/^A new version of this app is ready/);
  must((await told.count()) === 0, 'A new version is told where there is none.');
  // a browser holds a service worker for new when one byte of it is
  appendFileSync(`${webDir}/sw.js`, '\n// a newer version\n');
  await page.reload();
  await told.waitFor();
  await accessible(page);
  await picture(page, 'new-version');
  const loaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Load it now' }).click();
  await loaded;
  await page.getByRole('heading', { name: 'Live wall' }).waitFor();
  await told.waitFor({ state: 'detached' });
}

async function signOut(): Promise<void> {
  await page.goto(`${baseUrl}/account`);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByLabel('E-mail').waitFor();
  await keptNames(names => names === '[]');
}
