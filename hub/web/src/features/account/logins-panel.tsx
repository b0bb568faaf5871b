import { useQuery } from '@tanstack/react-query';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { browserName } from './browser-name';
import { Panel, Row } from '@/components/ui/panel';
import { endLogin, identitiesQuery, loginsQuery, removeIdentity, useChange } from './security';

export function LoginsPanel() {
  const words = useWords(accountWords);
  const { moment } = useFormats();
  const query = useQuery(loginsQuery);
  const end = useChange(endLogin);
  return (
    <Panel title={words.logins.title}>
      <Loaded query={query} what={words.what.logins}>
        {({ items }) => (
          <ul>
            {items.map(login => (
              <Row
                key={login.id}
                name={browserName(login.agent) ?? words.logins.unknown}
                facts={[login.this && words.logins.here, words.logins.seen(moment(login.last_seen_at))]}
                action={
                  !login.this && <Button onClick={() => end.mutate(login.id)}>{words.logins.end}</Button>
                }
              />
            ))}
          </ul>
        )}
      </Loaded>
      <Refusal error={end.error} />
    </Panel>
  );
}

/** Who of which provider signs in as this person; nothing where there is none. */
export function IdentitiesPanel() {
  const words = useWords(accountWords);
  const { date } = useFormats();
  const { data } = useQuery(identitiesQuery);
  const untie = useChange(removeIdentity);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Panel title={words.identities.title} hint={words.identities.hint}>
      <ul>
        {data.items.map(({ id, provider, linked_at }) => (
          <Row
            key={id}
            name={provider}
            facts={[date(linked_at)]}
            action={<Button onClick={() => untie.mutate(id)}>{words.identities.untie}</Button>}
          />
        ))}
      </ul>
      <Refusal error={untie.error} />
    </Panel>
  );
}
