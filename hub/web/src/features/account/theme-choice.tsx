import { useSyncExternalStore } from 'react';
import { AutoIcon, MoonIcon, SunIcon } from '@/components/ui/icons';
import { Segments } from '@/components/ui/segments';
import { chooseTheme, currentTheme, subscribeTheme } from '@/theme/theme';

const OPTIONS = [
  { value: 'auto', label: <Choice icon={<AutoIcon className="size-4" />} word="Auto" /> },
  { value: 'light', label: <Choice icon={<SunIcon className="size-4" />} word="Light" /> },
  { value: 'dark', label: <Choice icon={<MoonIcon className="size-4" />} word="Dark" /> },
] as const;

export function ThemeChoice() {
  const theme = useSyncExternalStore(subscribeTheme, currentTheme);
  return (
    <Segments legend="Theme" options={OPTIONS} value={theme} onChange={chooseTheme} className="w-full" />
  );
}

function Choice({ icon, word }: { icon: React.ReactNode; word: string }) {
  return (
    <span className="flex items-center gap-1.5">
      {icon} {word}
    </span>
  );
}
