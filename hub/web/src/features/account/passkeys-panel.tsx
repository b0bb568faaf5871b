import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { Passkey } from '@/api/passkeys';
import { PasskeyNotGiven, knowsPasskeys, makePasskey } from '@/api/passkeys';
import { Button } from '@/components/ui/button';
import { KeyIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { Panel, Row } from '@/components/ui/panel';
import { passkeysQuery, removePasskey, textOf, useChange } from './security';

export function PasskeysPanel() {
  const words = useWords(accountWords);
  const query = useQuery(passkeysQuery);
  return (
    <Panel title={words.passkeys.title} hint={words.passkeys.hint}>
      <Loaded query={query} what={words.what.passkeys}>
        {({ possible, items }) => (
          <>
            {items.length === 0 && possible && <p>{words.passkeys.none}</p>}
            <List items={items} />
            {!possible && <p>{words.passkeys.impossible}</p>}
            {possible && !knowsPasskeys() && <p>{words.passkeys.unknown}</p>}
            {possible && knowsPasskeys() && <MakePasskey />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function List({ items }: { items: readonly Passkey[] }) {
  const words = useWords(accountWords).passkeys;
  const { remove: removeWord } = useWords(commonWords);
  const { date } = useFormats();
  const remove = useChange(removePasskey);
  return (
    <>
      <ul>
        {items.map(({ id, name, created_at, last_used_at, synced }) => (
          <Row
            key={id}
            name={name}
            facts={[
              words.made(date(created_at)),
              last_used_at === null ? words.unused : words.used(date(last_used_at)),
              synced && words.synced,
            ]}
            action={
              <Button aria-label={`${removeWord} ${name}`} onClick={() => remove.mutate(id)}>
                {removeWord}
              </Button>
            }
          />
        ))}
      </ul>
      <Refusal error={remove.error} />
    </>
  );
}

function MakePasskey() {
  const words = useWords(accountWords).passkeys;
  const make = useChange(makePasskey);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    make.mutate(textOf(form, 'name'), { onSuccess: () => form.reset() });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
      <TextField label={words.name} name="name" required maxLength={40} className="min-w-56 flex-1" />
      <Button type="submit" look="solid" aria-disabled={make.isPending}>
        <KeyIcon /> {make.isPending ? words.asked : words.make}
      </Button>
      {make.error instanceof PasskeyNotGiven ? (
        <p role="alert" className="w-full text-lost">
          {words.notGiven}
        </p>
      ) : (
        <Refusal error={make.error} />
      )}
    </form>
  );
}
