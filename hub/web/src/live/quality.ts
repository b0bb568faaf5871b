import type { components } from '../api/schema';

/** What is known about a value besides the value; the words are those of the API. */
export type Quality = components['schemas']['LiveValue']['quality'];

const SENTENCES: Record<Quality, string> = {
  ok: 'OK',
  no_contact: 'No skin contact',
  truncated: 'Cut short in transfer',
  implausible: 'Implausible reading',
  no_fix: 'No position fix',
  clock_unsynced: 'Time uncertain',
  estimated: 'Estimated',
};

/** In the words of a coach. */
export function qualityLabel(quality: Quality): string {
  return SENTENCES[quality];
}

/** Whether the number itself may be believed: a strap off the skin and an impossible value may not. */
export function isCredible(quality: Quality): boolean {
  return quality !== 'no_contact' && quality !== 'implausible' && quality !== 'no_fix';
}
