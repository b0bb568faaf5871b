import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { BackupCodes } from './backup-codes';
import { Panel } from '@/components/ui/panel';
import { CodeField, SecretField } from './secret-field';
import type { SecondFactor } from './security';
import { factorQuery, removeAuthenticator, renewBackupCodes, textOf, useChange } from './security';
import { SetUpDialog } from './set-up-dialog';

/** The authenticator app: set up, backed up, turned off. */
export function FactorPanel() {
  const words = useWords(accountWords);
  const query = useQuery(factorQuery);
  // kept here: the app counts before its backup codes have been read
  const [isSettingUp, setIsSettingUp] = useState(false);
  return (
    <Panel title={words.factor.title} hint={words.factor.hint}>
      <Loaded query={query} what={words.what.factor}>
        {factor =>
          factor.confirmed_at === null ? (
            <Off isPossible={factor.possible} onSetUp={() => setIsSettingUp(true)} />
          ) : (
            <On factor={factor} />
          )
        }
      </Loaded>
      {isSettingUp && <SetUpDialog onClose={() => setIsSettingUp(false)} />}
    </Panel>
  );
}

function Off({ isPossible, onSetUp }: { isPossible: boolean; onSetUp: () => void }) {
  const words = useWords(accountWords).factor;
  if (!isPossible) return <p>{words.impossible}</p>;
  return (
    <div>
      <Button look="solid" onClick={onSetUp}>
        {words.setUp}
      </Button>
    </div>
  );
}

function On({ factor }: { factor: SecondFactor }) {
  const words = useWords(accountWords).factor;
  const { date } = useFormats();
  const [asked, setAsked] = useState<'renew' | 'turnOff' | null>(null);
  return (
    <>
      <p>
        {words.since(date(factor.confirmed_at ?? ''))} · {words.left(factor.backup_codes)}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setAsked('renew')}>{words.renew}</Button>
        <Button onClick={() => setAsked('turnOff')}>{words.turnOff}</Button>
      </div>
      {asked !== null && <ProofDialog what={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

/** Password and code, before the sign-in is weakened or its codes change. */
function ProofDialog({ what, onClose }: { what: 'renew' | 'turnOff'; onClose: () => void }) {
  const words = useWords(accountWords).factor;
  const [codes, setCodes] = useState<string[]>([]);
  const renew = useChange(renewBackupCodes, made => setCodes(made.codes));
  const remove = useChange(removeAuthenticator, onClose);
  const change = what === 'renew' ? renew : remove;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    change.mutate({ password: textOf(form, 'password'), code: textOf(form, 'code') });
  };
  if (codes.length > 0) return <BackupCodes codes={codes} onClose={onClose} />;
  return (
    <Dialog title={words[what]} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <SecretField label={words.password} />
        <CodeField label={words.codeOrBackup} />
        <Refusal error={change.error} />
        <Button type="submit" look="solid" aria-disabled={change.isPending}>
          {words[what]}
        </Button>
      </form>
    </Dialog>
  );
}
