import type { ReactNode } from 'react';
import type { Me } from '@/api/queries';
import { Page } from '@/components/ui/page';
import { Strip } from '@/components/ui/strip';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { FactorPanel } from './factor-panel';
import { IdentitiesPanel, LoginsPanel } from './logins-panel';
import { PasskeysPanel } from './passkeys-panel';
import { RulePanel } from './rule-panel';
import { SignOut } from './sign-out';
import { TokensPanel } from './tokens-panel';

interface AccountPageProps {
  me: Me;
  onSignedOut: () => void;
  /** The way back to the app. */
  back: ReactNode;
}

/** One's own account. Whoever owes a second factor sees only what sets one up. */
export function AccountPage({ me, onSignedOut, back }: AccountPageProps) {
  const words = useWords(accountWords);
  return (
    <Page
      title={words.title}
      subtitle={`${me.name}, ${me.email}`}
      back={me.owes_factor ? undefined : back}
      actions={<SignOut onSignedOut={onSignedOut} />}
    >
      <div className="mx-auto flex w-full max-w-3xl flex-col gap-4">
        {me.owes_factor && <Strip look="late">{words.owed}</Strip>}
        <FactorPanel />
        <PasskeysPanel />
        {!me.owes_factor && (
          <>
            <IdentitiesPanel />
            <LoginsPanel />
            <TokensPanel />
            {me.role === 'admin' && <RulePanel />}
          </>
        )}
      </div>
    </Page>
  );
}
