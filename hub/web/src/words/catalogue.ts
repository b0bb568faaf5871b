/**
 * The catalogue of texts: one file of this folder for each area, with all languages beside each other, loaded with the screens
 * that speak it. What English says decides what the others must say; the type check finds what is missing.
 */
import { useSyncExternalStore } from 'react';
import type { Language } from './language';
import { currentLanguage, subscribeLanguage } from './language';

/** A text, or one made of what it is about. */
type Phrase = string | ((...about: never[]) => string);
interface Phrases {
  readonly [name: string]: Phrase | Phrases;
}

/** The same names with any words. */
type Same<English> = {
  readonly [Name in keyof English]: English[Name] extends string
    ? string
    : English[Name] extends (...about: infer About) => string
      ? (...about: About) => string
      : Same<English[Name]>;
};

export type Catalogue<English> = Record<Language, Same<English>>;

export function catalogue<const English extends Phrases>(
  en: English,
  others: Record<Exclude<Language, 'en'>, Same<English>>,
): Catalogue<English> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- English is the same as itself, with its words forgotten
  return { en: en as unknown as Same<English>, ...others };
}

/** The texts in the language of this device, again when that is changed. */
export function useWords<English>(texts: Catalogue<English>): Same<English> {
  return texts[useSyncExternalStore(subscribeLanguage, currentLanguage)];
}
