import type { ReactNode } from 'react';
import { Suspense, useId } from 'react';
import type { Me } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { ChevronIcon, PersonIcon } from '@/components/ui/first-icons';
import { later } from '@/components/ui/later';
import { useWords } from '@/words/catalogue';
import { frameWords } from '@/words/frame';

/** Comes after the page: the first paint does not wait for it. */
const AccountCard = later(async () => (await import('./account-card')).AccountCard);

interface AccountMenuProps {
  me: Me;
  onSignedOut: () => void;
  /** The ways to the account's own pages. */
  more: ReactNode;
}

/** Who is signed in, this person's theme and language, and the way out. A native popover: Escape and a tap beside it close it. */
export function AccountMenu({ me, onSignedOut, more }: AccountMenuProps) {
  const words = useWords(frameWords);
  const id = useId();
  return (
    <>
      <Button look="quiet" className="px-2" popoverTarget={id} aria-label={words.accountOf(me.name)}>
        <PersonIcon />
        <span className="hidden max-w-40 truncate lg:inline">{me.name}</span>
        <ChevronIcon className="hidden size-4 sm:block" />
      </Button>
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto top-15 right-2 m-0 w-72 rounded-xl border border-line-strong bg-surface p-4 text-ink shadow-xl"
      >
        <Suspense>
          <AccountCard me={me} onSignedOut={onSignedOut} more={more} />
        </Suspense>
      </div>
    </>
  );
}
