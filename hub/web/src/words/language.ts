/** The language of this device. Without a choice it is the browser's first that we speak. */

export const LANGUAGES = ['en', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What languages call themselves: whoever cannot read the others finds theirs. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', pt: 'Português' };

/** Times are written as at the pitch: 24 hours, day before month. */
const LOCALES: Record<Language, string> = { en: 'en-GB', pt: 'pt-PT' };

const KEY = 'sts-language';
const listeners = new Set<() => void>();
let chosen: Language | undefined;

export function currentLanguage(): Language {
  chosen ??= remembered() ?? ofBrowser();
  return chosen;
}

export function currentLocale(): string {
  return LOCALES[currentLanguage()];
}

export function chooseLanguage(language: Language): void {
  chosen = language;
  document.documentElement.lang = language;
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // storage is blocked: the choice lasts as long as the page
  }
  for (const listener of listeners) listener();
}

export function subscribeLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function remembered(): Language | undefined {
  try {
    return LANGUAGES.find(language => language === localStorage.getItem(KEY));
  } catch {
    return undefined;
  }
}

function ofBrowser(): Language {
  const spoken = navigator.languages.map(one => one.slice(0, 2));
  return LANGUAGES.find(language => language === spoken.find(one => isOurs(one))) ?? 'en';
}

function isOurs(word: string): boolean {
  return LANGUAGES.some(language => language === word);
}
