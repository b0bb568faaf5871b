import { useRouteContext } from '@tanstack/react-router';
import { useChoose } from '@/api/preferences';
import { LanguageChoice } from '@/features/account/language-choice';
import { ThemeChoice } from '@/features/account/theme-choice';
import { SettingsPage } from '@/features/settings/settings-page';

export function SettingsRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  const choose = useChoose();
  return (
    <SettingsPage
      me={me}
      look={
        <>
          <ThemeChoice onChosen={theme => choose.mutate({ theme: theme === 'auto' ? null : theme })} />
          <LanguageChoice onChosen={language => choose.mutate({ language })} />
        </>
      }
    />
  );
}
