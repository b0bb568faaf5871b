import { useSyncExternalStore } from 'react';
import { Segments } from '@/components/ui/segments';
import {
  LANGUAGES,
  LANGUAGE_NAMES,
  chooseLanguage,
  currentLanguage,
  subscribeLanguage,
} from '@/words/language';

const OPTIONS = LANGUAGES.map(language => ({ value: language, label: LANGUAGE_NAMES[language] }));

export function LanguageChoice() {
  const language = useSyncExternalStore(subscribeLanguage, currentLanguage);
  return (
    <Segments
      legend="Language, Idioma"
      options={OPTIONS}
      value={language}
      onChange={chooseLanguage}
      className="mt-2 w-full"
    />
  );
}
