import { useSyncExternalStore } from 'react';
import { Segments } from '@/components/ui/segments';
import {
  LANGUAGES,
  LANGUAGE_NAMES,
  chooseLanguage,
  currentLanguage,
  subscribeLanguage,
} from '@/words/language';
import { useWords } from '@/words/catalogue';
import { settingsWords } from '@/words/settings';

const OPTIONS = LANGUAGES.map(language => ({ value: language, label: LANGUAGE_NAMES[language] }));

export function LanguageChoice({ className = '' }: { className?: string }) {
  const words = useWords(settingsWords);
  const language = useSyncExternalStore(subscribeLanguage, currentLanguage);
  return (
    <Segments
      legend={words.language}
      options={OPTIONS}
      value={language}
      onChange={chooseLanguage}
      className={`w-full ${className}`}
    />
  );
}
