import { useSyncExternalStore } from 'react';
import { AutoIcon, MoonIcon, SunIcon } from '@/components/ui/icons';
import { Segments } from '@/components/ui/segments';
import type { Theme } from '@/theme/theme';
import { THEMES, chooseTheme, currentTheme, subscribeTheme } from '@/theme/theme';
import { useWords } from '@/words/catalogue';
import { settingsWords } from '@/words/settings';

const ICONS = { auto: AutoIcon, light: SunIcon, dark: MoonIcon };

/** `onChosen` tells the hub; without it the choice is this device's alone. */
export function ThemeChoice({ onChosen }: { onChosen?: (theme: Theme) => void }) {
  const words = useWords(settingsWords);
  const theme = useSyncExternalStore(subscribeTheme, currentTheme);
  const options = THEMES.map(value => {
    const Icon = ICONS[value];
    return {
      value,
      label: (
        <span className="flex items-center gap-1.5">
          <Icon className="size-4" /> {words.themes[value]}
        </span>
      ),
    };
  });
  return (
    <Segments
      legend={words.theme}
      options={options}
      value={theme}
      onChange={chosen => {
        chooseTheme(chosen);
        onChosen?.(chosen);
      }}
      className="w-full"
    />
  );
}
