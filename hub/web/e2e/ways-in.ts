/**
 * Somebody's ways into a real hub, with Chromium's virtual authenticator: a passkey is made and used, an authenticator app is
 * set up and asked for, and both are taken away.
 *
 *     BASE_URL=http://localhost:8080 EMAIL=… PASSWORD=… node e2e/ways-in.ts
 *
 * Also: SCREENSHOTS (a folder), CHROMIUM. Prints JSON; exits with 1 when a step failed.
 */
import { createHmac } from 'node:crypto';
import { openBrowser } from './browser.ts';
import { collectPageErrors } from './checks.ts';
import { accessible, demanded, enter, must, picture, walk } from './steps.ts';

const STEP_MS = 60_000;
const baseUrl = demanded('BASE_URL');
const email = demanded('EMAIL');
const password = demanded('PASSWORD');

const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1180, height: 820 }, reducedMotion: 'reduce' });
page.setDefaultTimeout(STEP_MS);
const errors = collectPageErrors(page);
const devtools = await page.context().newCDPSession(page);
await devtools.send('WebAuthn.enable');
const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
  options: {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
});

let secret = '';
let backupCode = '';
await walk(page, 'ways-in', [
  ['sign in by password', signInByPassword],
  ['make a passkey', makePasskey],
  ['sign in by the passkey, with nothing typed', signInByPasskey],
  ['a device that does not verify its user signs nobody in', unverified],
  ['set up an authenticator app', setUpApp],
  ['a code is asked for after the password', signInByCode],
  ['a backup code does as well', signInByBackupCode],
  ['after a passkey no code is asked for', signInByPasskey],
  ['turn the app off', turnOff],
  ['a passkey that was removed signs nobody in', removePasskey],
  ['no error of the page, nothing refused by the content policy', noOtherErrors],
]);

/** Two answers are refusals that this journey asks for: a wrong code, and a passkey that was removed. */
async function noOtherErrors(): Promise<void> {
  const refusals = errors.filter(text => text.includes('403'));
  must(refusals.length === 2 && errors.length === 2, errors);
}

async function inBothThemes(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await picture(page, `${name}-${colorScheme}`);
    await accessible(page);
  }
}

async function enterPassword(): Promise<void> {
  await page.goto(`${baseUrl}/sign-in`);
  await enter(page, email, password);
}

async function inside(): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).waitFor();
}

async function account(): Promise<void> {
  await page.goto(`${baseUrl}/account`);
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
}

async function signOut(): Promise<void> {
  await account();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByLabel('E-mail').waitFor();
}

async function signInByPassword(): Promise<void> {
  await page.goto(`${baseUrl}/sign-in`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await inBothThemes('sign-in');
  await enterPassword();
  await inside();
}

async function makePasskey(): Promise<void> {
  await account();
  await page.getByLabel('A name for it, such as the device').fill('Club laptop');
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await page.getByText('Club laptop').waitFor();
  await page.getByText('You have no token.').waitFor();
  await inBothThemes('account');
}

async function signInByPasskey(): Promise<void> {
  await signOut();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await inside();
}

async function unverified(): Promise<void> {
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await signOut();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page
    .getByRole('alert')
    .getByText(/Your device gave no passkey/)
    .waitFor();
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await inside();
}

async function setUpApp(): Promise<void> {
  await account();
  await page.getByRole('button', { name: 'Set up an app' }).click();
  secret = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
  const drawn = page.getByAltText('QR code for the authenticator app');
  must(
    await drawn.evaluate(image => (image as HTMLImageElement).naturalWidth > 0),
    'The QR code is not drawn.',
  );
  await inBothThemes('set-up');
  // the code before the present one counts too, and leaves the present one for the sign-in
  await page.getByLabel('Code of the app').fill(totp(secret, -1));
  await page.getByRole('button', { name: 'Confirm' }).click();
  const codes = page.getByRole('dialog').getByRole('listitem');
  await codes.nth(9).waitFor();
  backupCode = (await codes.nth(4).textContent()) ?? '';
  await inBothThemes('backup-codes');
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText(/10 backup codes left/).waitFor();
}

async function signInByCode(): Promise<void> {
  await signOut();
  await enterPassword();
  await page.getByLabel('Six-digit code').fill('000000');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page
    .getByRole('alert')
    .getByText(/code is wrong/)
    .waitFor();
  await inBothThemes('code');
  await page.getByLabel('Six-digit code').fill(totp(secret));
  await page.getByRole('button', { name: 'Go on' }).click();
  await inside();
}

async function signInByBackupCode(): Promise<void> {
  await signOut();
  await enterPassword();
  await page.getByRole('button', { name: 'Use a backup code' }).click();
  await page.getByLabel('Backup code').fill(backupCode);
  await page.getByRole('button', { name: 'Go on' }).click();
  await inside();
}

async function turnOff(): Promise<void> {
  await account();
  await page.getByRole('button', { name: 'Turn off' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your password').fill(password);
  await dialog.getByLabel(/^Code of the app/).fill(totp(secret, 1));
  await dialog.getByRole('button', { name: 'Turn off' }).click();
  await page.getByRole('button', { name: 'Set up an app' }).waitFor();
}

async function removePasskey(): Promise<void> {
  await page.getByRole('button', { name: 'Remove Club laptop' }).click();
  await page.getByText('You have no passkey yet.').waitFor();
  await signOut();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page
    .getByRole('alert')
    .getByText(/hub does not know this passkey/)
    .waitFor();
}

/** A code of RFC 6238, so many steps from now, worked out here and not by the hub's own library. */
function totp(base32: string, steps = 0): string {
  const bits = base32.split('').map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const text = bits.map(five => five.toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((text.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
