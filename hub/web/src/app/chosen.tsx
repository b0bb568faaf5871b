import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { preferencesQuery } from '@/api/preferences';
import { chooseTheme, currentTheme } from '@/theme/theme';
import { chooseLanguage, currentLanguage } from '@/words/language';

/** What this person chose elsewhere counts here, too; what was never chosen leaves this device as it is. */
export function Chosen() {
  const { data } = useQuery(preferencesQuery);
  const language = data?.language ?? null;
  const theme = data?.theme ?? null;
  useEffect(() => {
    if (language !== null && language !== currentLanguage()) chooseLanguage(language);
  }, [language]);
  useEffect(() => {
    if (theme !== null && theme !== currentTheme()) chooseTheme(theme);
  }, [theme]);
  return null;
}
