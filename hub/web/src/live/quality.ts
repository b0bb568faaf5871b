import type { components } from '../api/schema';

/** What is known about a value besides the value; the words are those of the API. */
export type Quality = components['schemas']['LiveValue']['quality'];

/** Whether the number itself may be believed: a strap off the skin and an impossible value may not. */
export function isCredible(quality: Quality): boolean {
  return quality !== 'no_contact' && quality !== 'implausible' && quality !== 'no_fix';
}
