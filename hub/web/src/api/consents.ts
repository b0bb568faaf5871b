/** What athletes are asked to agree to: read by them, by those who invite, and by those who write it. */
import { queryOptions } from '@tanstack/react-query';
import { currentLanguage } from '@/words/language';
import { answerOf, api } from './client';
import { wholeList } from './lists';
import type { components } from './schema';

export type ConsentText = components['schemas']['ConsentText'];

/** The club's texts, the newest first. */
export const consentTextsQuery = queryOptions({
  queryKey: ['consent-texts'],
  queryFn: () => wholeList(part => answerOf(api.GET('/api/v1/consent-texts', { params: { query: part } }))),
});

/** The newest text of each purpose. */
export function newestTexts(texts: readonly ConsentText[]): ConsentText[] {
  const newest = new Map(texts.toReversed().map(text => [text.purpose, text]));
  return [...newest.values()].toSorted((one, other) => one.purpose.localeCompare(other.purpose));
}

/** A text in the language of this device, or in whichever there is. */
export function inOwnLanguage(texts: Readonly<Record<string, string>>): string {
  return texts[currentLanguage()] ?? texts['en'] ?? Object.values(texts)[0] ?? '';
}
