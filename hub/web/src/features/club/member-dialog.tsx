import { useState } from 'react';
import type { Team } from '@/api/queries';
import { useAct } from '@/api/use-act';
import { accountsQuery } from '@/api/accounts';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { Ticks } from '@/components/ui/ticks';
import { useWords } from '@/words/catalogue';
import { clubWords } from '@/words/club';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { roleWords } from '@/words/roles';
import type { Account } from './club';
import { OF_TEAMS, ROLES, changeAccount, makeRecoveryCode, resetSecondFactor } from './club';
import { ShownOnce } from '@/components/ui/shown-once';

interface MemberDialogProps {
  account: Account;
  teams: readonly Team[];
  isOwn: boolean;
  onClose: () => void;
}

/** What somebody is in the club, and the ways back in for who cannot sign in. */
export function MemberDialog({ account, teams, isOwn, onClose }: MemberDialogProps) {
  const words = useWords(clubWords);
  const common = useWords(commonWords);
  const roles = useWords(roleWords);
  const [role, setRole] = useState(account.role);
  const [ofTeams, setOfTeams] = useState<readonly string[]>(account.teams);
  const save = useAct(
    () => changeAccount(account.id, { role, ...(OF_TEAMS.includes(role) ? { teams: [...ofTeams] } : {}) }),
    accountsQuery.queryKey,
  );
  return (
    <Dialog
      title={account.name}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button
            look="solid"
            disabled={save.isPending}
            onClick={() => save.mutate(undefined, { onSuccess: onClose })}
          >
            {save.isPending ? common.saving : common.save}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="break-words text-ink-soft">{account.email}</p>
        <SelectField
          label={words.role}
          value={role}
          options={ROLES.map(value => ({ value, label: roles[value] }))}
          onChange={event => setRole(ROLES.find(one => one === event.target.value) ?? role)}
        />
        {OF_TEAMS.includes(role) && teams.length > 0 && (
          <Ticks
            legend={words.members.teams}
            options={teams.map(({ id }) => id)}
            names={Object.fromEntries(teams.map(({ id, name }) => [id, name]))}
            ticked={ofTeams}
            onChange={setOfTeams}
          />
        )}
        <p className="text-ink-soft">{words.members.roleHint}</p>
        <Refusal error={save.error} />
        {!isOwn && <WaysIn account={account} />}
      </div>
    </Dialog>
  );
}

/** For who cannot sign in, and for who shall not any more. */
function WaysIn({ account }: { account: Account }) {
  const words = useWords(clubWords).members;
  const { moment } = useFormats();
  const isEnded = account.disabled_at !== null;
  const recover = useAct(() => makeRecoveryCode(account.id), accountsQuery.queryKey);
  const reset = useAct(() => resetSecondFactor(account.id), accountsQuery.queryKey);
  const end = useAct((disabled: boolean) => changeAccount(account.id, { disabled }), accountsQuery.queryKey);
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-4">
      <h3 className="font-semibold">{words.waysIn}</h3>
      <div className="flex flex-wrap gap-2">
        {!isEnded && (
          <>
            <Button disabled={recover.isPending} onClick={() => recover.mutate(undefined)}>
              {words.recovery}
            </Button>
            <Button disabled={reset.isPending} onClick={() => reset.mutate(undefined)}>
              {words.resetFactor}
            </Button>
          </>
        )}
        <Button disabled={end.isPending} onClick={() => end.mutate(!isEnded)}>
          {isEnded ? words.letIn : words.end}
        </Button>
      </div>
      <p className="text-sm text-ink-soft">{isEnded ? words.letInHint : words.endHint}</p>
      {recover.data && (
        <ShownOnce
          label={words.recoveryLink}
          hint={words.recoveryHint(moment(recover.data.expires_at))}
          secret={recoveryLink(recover.data.code)}
        />
      )}
      {reset.isSuccess && <p role="status">{words.factorReset}</p>}
      <Refusal error={recover.error ?? reset.error ?? end.error} />
    </section>
  );
}

/** The code stands behind #, so that no server on the way is told it. */
function recoveryLink(code: string): string {
  return `${globalThis.location.origin}/recovery#${code}`;
}
