import type { ReactNode } from 'react';
import { useId } from 'react';
import type { Me } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { ChevronIcon, PersonIcon } from '@/components/ui/icons';
import { LanguageChoice } from './language-choice';
import { SignOut } from './sign-out';
import { ThemeChoice } from './theme-choice';

interface AccountMenuProps {
  me: Me;
  onSignedOut: () => void;
  /** The way to the account's own page. */
  more: ReactNode;
}

/** Who is signed in, this device's theme and language, and the way out. A native popover: Escape and a tap beside it close it. */
export function AccountMenu({ me, onSignedOut, more }: AccountMenuProps) {
  const id = useId();
  return (
    <>
      <Button look="quiet" className="px-2" popoverTarget={id} aria-label={`Account of ${me.name}`}>
        <PersonIcon />
        <span className="hidden max-w-40 truncate lg:inline">{me.name}</span>
        <ChevronIcon className="hidden size-4 sm:block" />
      </Button>
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto top-15 right-2 m-0 w-72 rounded-xl border border-line-strong bg-surface p-4 text-ink shadow-xl"
      >
        <p className="font-semibold">{me.name}</p>
        <p className="text-sm break-words text-ink-soft">{me.email}</p>
        <p className="mt-1 text-sm text-ink-soft">
          {roleName(me.role)}, {me.club.name}
        </p>
        <hr className="my-3 border-line" />
        <ThemeChoice />
        <LanguageChoice />
        <hr className="my-3 border-line" />
        {more}
        <SignOut onSignedOut={onSignedOut} className="w-full" />
      </div>
    </>
  );
}

function roleName(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
