/**
 * An empty club of a real hub is begun: its admin is led through the first steps, invites a coach who accepts and signs in, and
 * an athlete who reads in Portuguese what is asked, agrees, shares with another club, ends that, and withdraws.
 *
 *     BASE_URL=http://localhost:8080 EMAIL=… OTHER_EMAIL=… PASSWORD=… node e2e/joining.ts
 *
 * EMAIL and OTHER_EMAIL: admins of two clubs, the first of them empty. Also: SCREENSHOTS (a folder), CHROMIUM. Prints JSON;
 * exits with 1 when a step failed.
 */
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { collectPageErrors } from './checks.ts';
import { accessible, demanded, enter, must, picture, step, tellSteps } from './steps.ts';

const STEP_MS = 30_000;
const baseUrl = demanded('BASE_URL');
const [email, otherEmail] = [demanded('EMAIL'), demanded('OTHER_EMAIL')];
const password = demanded('PASSWORD');
const TEXT = { en: 'The club may measure my heart.', pt: 'O clube pode medir o meu coração.' };

const browser = await openBrowser();
const errors: string[][] = [];
const admin = await someone();
const coach = await someone();
const athlete = await someone('pt-PT');
const other = await someone();
/** What the other club is to be called when something is shared with it. */
let clubId = '';

try {
  await step('an admin of an empty club is led to a team and its athletes', begin);
  await step('a code for the first gateway is made', gatewayCode);
  await step('a coach accepts the link of an invitation, signs in and sees the wall', acceptAsCoach);
  await step('a consent text is published in two languages', publish);
  await step('an athlete reads it in Portuguese, agrees and joins', acceptAsAthlete);
  await step('another club says which id to share with', readClubId);
  await step('the athlete shares the heart rate, and ends it', share);
  await step('the athlete withdraws', withdraw);
  await step('no error of a page, nothing refused by the content policy', async () => {
    must(errors.flat().length === 0, errors.flat());
  });
} catch (error) {
  await Promise.all([picture(admin, 'admin-failed'), picture(athlete, 'athlete-failed')]);
  console.error(error instanceof Error ? error.message : error);
} finally {
  await browser.close();
}
tellSteps();

/** A person with a browser of her own. */
async function someone(locale = 'en-GB'): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1180, height: 820 },
    locale,
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(STEP_MS);
  errors.push(collectPageErrors(page));
  return page;
}

async function signIn(page: Page, who: string): Promise<void> {
  await page.goto(`${baseUrl}/sign-in`);
  await enter(page, who, password);
}

function nextStep(page: Page, name: string) {
  return page.locator('li[aria-current=step]', { hasText: name });
}

async function begin(): Promise<void> {
  await signIn(admin, email);
  await admin.getByRole('region', { name: 'First steps' }).getByRole('link', { name: 'Go on' }).click();
  await nextStep(admin, 'A team').waitFor();
  await accessible(admin);
  await admin.getByLabel('Name of the team').fill('First team');
  await admin.getByRole('button', { name: 'Add the team' }).click();
  await nextStep(admin, 'Its athletes').getByRole('button', { name: 'Bring the list' }).click();
  await admin.getByLabel('Rows', { exact: true }).fill('name\tnumber\nRosa Prado\t7\nRui Leal\t9\n');
  await admin.getByRole('button', { name: 'Look at it first' }).click();
  await admin.getByRole('button', { name: 'Store 2 people' }).click();
}

async function gatewayCode(): Promise<void> {
  await nextStep(admin, 'A gateway').waitFor();
  await admin.getByLabel('Where it stands').fill('Pitch 1');
  await admin.getByRole('button', { name: 'Make a code' }).click();
  await admin.getByText(/^sudo sts-edge enrol \S+ --hub http/).waitFor();
  await accessible(admin);
  await picture(admin, 'first-steps');
}

/** The link that is shown this once. */
async function invite(role: string, about?: string): Promise<string> {
  await admin.goto(`${baseUrl}/club?part=invitations`);
  await admin.getByRole('button', { name: 'Invite somebody' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByLabel('As what').selectOption(role);
  if (about !== undefined) await dialog.getByLabel('Athlete', { exact: true }).selectOption({ label: about });
  await dialog.getByText('Link or printed code').click();
  await accessible(admin);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  await admin.getByAltText('QR code of the invitation').waitFor();
  await accessible(admin);
  await picture(admin, `invited-${role.toLowerCase()}`);
  const link = (await admin.locator('[data-part=secret] code').textContent()) ?? '';
  must(link.includes('/invitation#'), link);
  await admin.getByRole('button', { name: 'Done' }).click();
  return link;
}

async function acceptAsCoach(): Promise<void> {
  await coach.goto(await invite('Coach'));
  await coach.getByText(/^You are invited to .* as: Coach\.$/).waitFor();
  await accessible(coach);
  const who = `coach-${Date.now()}@club.example`;
  await coach.getByLabel('E-mail').fill(who);
  await coach.getByLabel('Your name').fill('Clara Matos');
  await coach.getByLabel('Password', { exact: true }).fill(password);
  await coach.getByRole('button', { name: 'Join' }).click();
  await coach.getByText(/^Welcome/).waitFor();
  await signIn(coach, who);
  await coach.getByRole('heading', { name: 'Live wall' }).waitFor();
  await admin.goto(`${baseUrl}/club?part=members`);
  await admin.getByText('Clara Matos').waitFor();
  await accessible(admin);
  await picture(admin, 'members');
}

async function publish(): Promise<void> {
  await admin.goto(`${baseUrl}/club?part=consents`);
  await admin.getByRole('button', { name: 'New purpose' }).click();
  await admin.getByLabel('Purpose, in one word').fill('monitoring');
  await admin.getByLabel(/^Name of this version/).fill('2027-1');
  await admin.getByLabel('Text, English').fill(TEXT.en);
  await admin.getByLabel('Text, Português').fill(TEXT.pt);
  await accessible(admin);
  await admin.getByRole('button', { name: 'Publish' }).click();
  await admin.getByText(/^version 2027-1 · /).waitFor();
  await accessible(admin);
}

async function acceptAsAthlete(): Promise<void> {
  await athlete.goto(await invite('Athlete', 'Rosa Prado'));
  await athlete.getByText(TEXT.pt).waitFor();
  await accessible(athlete);
  await picture(athlete, 'asked');
  const who = `rosa-${Date.now()}@club.example`;
  await athlete.getByLabel('E-mail').fill(who);
  await athlete.getByLabel('O seu nome').fill('Rosa Prado');
  await athlete.getByLabel('Palavra-passe', { exact: true }).fill(password);
  await athlete.getByRole('checkbox').check();
  await athlete.getByRole('button', { name: 'Aceitar' }).click();
  await athlete.getByText(/^Bem-vindo/).waitFor();
  await athlete.goto(`${baseUrl}/sign-in`);
  await athlete.getByLabel('E-mail').fill(who);
  await athlete.getByLabel('Palavra-passe', { exact: true }).fill(password);
  await athlete.getByRole('button', { name: 'Entrar', exact: true }).click();
  await athlete.getByRole('heading', { name: 'Hoje', exact: true }).waitFor();
}

async function readClubId(): Promise<void> {
  await signIn(other, otherEmail);
  await other.getByRole('heading', { name: 'Live wall' }).waitFor();
  await other.goto(`${baseUrl}/settings`);
  clubId = (await other.locator('code').nth(1).textContent()) ?? '';
  await other.getByText('°F').click();
  await accessible(other);
  await picture(other, 'settings');
  // the control: the choice is the hub's and not this page's
  await other.reload();
  await other.getByRole('radio', { name: '°F', checked: true }).waitFor();
  await other.goto(`${baseUrl}/help`);
  await other.getByRole('heading', { name: 'Help' }).waitFor();
  await accessible(other);
}

async function share(): Promise<void> {
  await athlete.goto(`${baseUrl}/privacy`);
  await athlete.getByRole('button', { name: 'Partilhar com alguém' }).click();
  const dialog = athlete.getByRole('dialog');
  await dialog.getByText('Um clube', { exact: true }).click();
  await dialog.getByLabel('Número do clube').fill(clubId);
  await accessible(athlete);
  await picture(athlete, 'share');
  await dialog.getByRole('button', { name: 'Partilhar', exact: true }).click();
  await athlete.getByRole('button', { name: 'Revogar' }).click();
  await athlete.getByText(/acabou a/).waitFor();
  await accessible(athlete);
}

async function withdraw(): Promise<void> {
  await athlete.getByRole('button', { name: 'Retirar' }).click();
  await athlete.getByRole('dialog').getByRole('button', { name: 'Retirar' }).click();
  await athlete.getByText(/^Acabou a/).waitFor();
  await picture(athlete, 'privacy');
}
