import { useSyncExternalStore } from 'react';
import { Segments } from '@/components/ui/segments';
import type { Language } from '@/words/language';
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

interface LanguageChoiceProps {
  /** Tells the hub; left out where nobody is signed in. */
  onChosen?: (language: Language) => void;
  className?: string;
}

export function LanguageChoice({ onChosen, className = '' }: LanguageChoiceProps) {
  const words = useWords(settingsWords);
  const language = useSyncExternalStore(subscribeLanguage, currentLanguage);
  return (
    <Segments
      legend={words.language}
      options={OPTIONS}
      value={language}
      onChange={chosen => {
        chooseLanguage(chosen);
        onChosen?.(chosen);
      }}
      className={`w-full ${className}`}
    />
  );
}
