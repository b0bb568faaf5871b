/** The system's Chromium, driven by playwright-core: no browser is downloaded. */
import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find(place => existsSync(place));
  if (executablePath === undefined)
    throw new Error('No Chromium was found: install one, or name it with CHROMIUM=/path/to/chromium.');
  // Chromium's own sandbox refuses to run as root, as in containers
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args, headless: true });
}
