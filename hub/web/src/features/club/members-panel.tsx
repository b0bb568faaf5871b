import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Team } from '@/api/queries';
import { teamsQuery } from '@/api/queries';
import { accountsQuery } from '@/api/accounts';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { clubWords } from '@/words/club';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { roleWords } from '@/words/roles';
import type { Account, Role } from './club';
import { ROLES } from './club';
import { MemberDialog } from './member-dialog';

interface MembersPanelProps {
  /** Whether this person may change roles and let people back in. */
  changes: boolean;
  ownId: string;
}

/** Everybody with an account of the club. */
export function MembersPanel({ changes, ownId }: MembersPanelProps) {
  const words = useWords(clubWords);
  const query = useQuery(accountsQuery);
  const teams = useQuery(teamsQuery);
  const [open, setOpen] = useState<string | null>(null);
  const opened = query.data?.find(({ id }) => id === open);
  return (
    <Panel title={words.part.members} hint={words.members.hint}>
      <Loaded query={query} what={words.what.members}>
        {accounts => (
          <Found
            accounts={accounts}
            teams={teams.data ?? []}
            ownId={ownId}
            onOpen={changes ? setOpen : undefined}
          />
        )}
      </Loaded>
      {opened && (
        <MemberDialog
          key={opened.id}
          account={opened}
          teams={teams.data ?? []}
          isOwn={opened.id === ownId}
          onClose={() => setOpen(null)}
        />
      )}
    </Panel>
  );
}

interface FoundProps {
  accounts: readonly Account[];
  teams: readonly Team[];
  ownId: string;
  onOpen: ((accountId: string) => void) | undefined;
}

/** Those who fit what was typed and chosen. */
function Found({ accounts, teams, ownId, onOpen }: FoundProps) {
  const words = useWords(clubWords);
  const common = useWords(commonWords);
  const roles = useWords(roleWords);
  const [text, setText] = useState('');
  const [role, setRole] = useState<Role | ''>('');
  const asked = text.trim().toLocaleLowerCase();
  const found = accounts.filter(
    one =>
      (role === '' || one.role === role) && `${one.name} ${one.email}`.toLocaleLowerCase().includes(asked),
  );
  return (
    <>
      <div className="flex flex-wrap gap-3">
        <TextField
          label={common.search}
          type="search"
          value={text}
          onChange={event => setText(event.target.value)}
          className="flex-1 basis-48"
        />
        <SelectField
          label={words.role}
          value={role}
          options={[
            { value: '', label: common.all },
            ...ROLES.map(value => ({ value, label: roles[value] })),
          ]}
          onChange={event => setRole(ROLES.find(one => one === event.target.value) ?? '')}
          className="basis-40"
        />
      </div>
      {found.length === 0 && <p className="text-ink-soft">{words.members.none}</p>}
      <ul>
        {found.map(account => (
          <Member
            key={account.id}
            account={account}
            teams={teams}
            isOwn={account.id === ownId}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </>
  );
}

interface MemberProps {
  account: Account;
  teams: readonly Team[];
  isOwn: boolean;
  onOpen: FoundProps['onOpen'];
}

function Member({ account, teams, isOwn, onOpen }: MemberProps) {
  const words = useWords(clubWords).members;
  const common = useWords(commonWords);
  const roles = useWords(roleWords);
  const { date } = useFormats();
  const named = teams.filter(({ id }) => account.teams.includes(id)).map(({ name }) => name);
  return (
    <Row
      name={account.name}
      facts={[
        roles[account.role],
        account.email,
        named.length > 0 && named.join(', '),
        isOwn && words.you,
        account.disabled_at !== null && words.disabled(date(account.disabled_at)),
      ]}
      action={
        onOpen && (
          <Button aria-label={words.changeOf(account.name)} onClick={() => onOpen(account.id)}>
            {common.change}
          </Button>
        )
      }
    />
  );
}
