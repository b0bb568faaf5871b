import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { BackupCodes } from './backup-codes';
import { CodeField } from './secret-field';
import type { NewAuthenticator } from './security';
import { beginAuthenticator, confirmAuthenticator, textOf, useChange } from './security';

/** Scan, confirm by a code, keep the backup codes. */
export function SetUpDialog({ onClose }: { onClose: () => void }) {
  const words = useWords(accountWords);
  const [codes, setCodes] = useState<string[]>([]);
  // a secret is made for this dialog alone, and forgotten with it
  const [key] = useState(() => crypto.randomUUID());
  const query = useQuery({
    queryKey: ['new-authenticator', key],
    queryFn: beginAuthenticator,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  if (codes.length > 0) return <BackupCodes codes={codes} onClose={onClose} />;
  return (
    <Dialog title={words.factor.setUp} onClose={onClose}>
      <Loaded query={query} what={words.what.factor}>
        {made => <Confirm made={made} onCodes={setCodes} />}
      </Loaded>
    </Dialog>
  );
}

function Confirm({ made, onCodes }: { made: NewAuthenticator; onCodes: (codes: string[]) => void }) {
  const words = useWords(accountWords).factor;
  const confirm = useChange(confirmAuthenticator, answer => onCodes(answer.codes));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    confirm.mutate(textOf(event.currentTarget, 'code'));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p>{words.scan}</p>
      <img
        src={`data:image/svg+xml,${encodeURIComponent(made.qr_svg)}`}
        alt={words.picture}
        className="mx-auto size-56 rounded-lg bg-white"
      />
      <p>
        {words.letters}{' '}
        <code className="rounded bg-raised px-1.5 py-0.5 break-all select-all">{made.secret}</code>
      </p>
      <CodeField label={words.code} isNumeric />
      <Refusal error={confirm.error} />
      <Button type="submit" look="solid" aria-disabled={confirm.isPending}>
        {words.confirm}
      </Button>
    </form>
  );
}
