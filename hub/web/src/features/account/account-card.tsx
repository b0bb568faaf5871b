import type { ReactNode } from 'react';
import { useChoose } from '@/api/preferences';
import type { Me } from '@/api/queries';
import { useWords } from '@/words/catalogue';
import { roleWords } from '@/words/roles';
import { LanguageChoice } from './language-choice';
import { SignOut } from './sign-out';
import { ThemeChoice } from './theme-choice';

interface AccountCardProps {
  me: Me;
  onSignedOut: () => void;
  more: ReactNode;
}

export function AccountCard({ me, onSignedOut, more }: AccountCardProps) {
  const roles = useWords(roleWords);
  const choose = useChoose();
  return (
    <>
      <p className="font-semibold">{me.name}</p>
      <p className="text-sm break-words text-ink-soft">{me.email}</p>
      <p className="mt-1 text-sm text-ink-soft">
        {roles[me.role]}, {me.club.name}
      </p>
      <hr className="my-3 border-line" />
      <ThemeChoice onChosen={theme => choose.mutate({ theme: theme === 'auto' ? null : theme })} />
      <LanguageChoice onChosen={language => choose.mutate({ language })} className="mt-2" />
      <hr className="my-3 border-line" />
      {more}
      <SignOut onSignedOut={onSignedOut} className="w-full" />
    </>
  );
}
