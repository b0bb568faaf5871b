import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { ShownOnce } from '@/components/ui/shown-once';
import { TextField } from '@/components/ui/text-field';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { Panel, Row } from '@/components/ui/panel';
import { Ticks } from '@/components/ui/ticks';
import type { Scope } from './security';
import { endToken, makeToken, textOf, tokensQuery, useChange } from './security';

const SCOPES: readonly Scope[] = ['see', 'health', 'change'];

export function TokensPanel() {
  const words = useWords(accountWords);
  const { date } = useFormats();
  const query = useQuery(tokensQuery);
  const end = useChange(endToken);
  return (
    <Panel title={words.tokens.title} hint={words.tokens.hint}>
      <Loaded query={query} what={words.what.tokens}>
        {({ items }) => (
          <>
            {items.length === 0 && <p>{words.tokens.none}</p>}
            <ul>
              {items.map(({ id, name, scopes, expires_at, last_used_at }) => (
                <Row
                  key={id}
                  name={name}
                  facts={[
                    scopes.map(scope => words.tokens.scope[scope]).join(', '),
                    words.tokens.until(date(expires_at)),
                    last_used_at === null ? words.tokens.unused : words.tokens.used(date(last_used_at)),
                  ]}
                  action={
                    <Button aria-label={`${words.tokens.end} ${name}`} onClick={() => end.mutate(id)}>
                      {words.tokens.end}
                    </Button>
                  }
                />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <Refusal error={end.error} />
      <MakeToken />
    </Panel>
  );
}

function MakeToken() {
  const words = useWords(accountWords).tokens;
  const [scopes, setScopes] = useState<readonly Scope[]>(['see']);
  const [shown, setShown] = useState('');
  const make = useChange(makeToken, made => setShown(made.token));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    make.mutate({ name: textOf(form, 'name'), scopes: [...scopes] }, { onSuccess: () => form.reset() });
  };
  return (
    <form onSubmit={submit} className="flex flex-col items-start gap-3">
      <TextField label={words.name} name="name" required maxLength={40} className="w-full max-w-md" />
      <Ticks
        legend={words.scopes}
        options={SCOPES}
        names={words.scope}
        ticked={scopes}
        onChange={setScopes}
      />
      <Button type="submit" disabled={scopes.length === 0} aria-disabled={make.isPending}>
        {words.make}
      </Button>
      <Refusal error={make.error} />
      {shown !== '' && <ShownOnce label={words.token} hint={words.shown} secret={shown} />}
    </form>
  );
}
