import { useMutation, useQuery } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { sentenceOf } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { joiningWords } from '@/words/joining';
import type { Invited } from './joining';
import { invitationQuery, join } from './joining';
import { PasswordField } from './password-field';
import { RefusedBox } from './refused-box';
import { passwordOf, textOf } from './sign-in';
import { SignInCard } from './sign-in-card';

/** Where the link of an invitation leads; `code` is empty when it was cut off. */
export function InvitationPage({ code, back }: { code: string; back: ReactNode }) {
  const words = useWords(joiningWords);
  const invited = useQuery({ ...invitationQuery(code), enabled: code !== '' });
  return (
    <SignInCard title={words.invitationTitle}>
      {code === '' && <RefusedBox sentence={words.noCode} />}
      {invited.isLoading && <p className="text-ink-soft">{words.looking}</p>}
      {invited.isError && <RefusedBox sentence={sentenceOf(invited.error, words.notDone)} />}
      {invited.isSuccess && <JoiningForm code={code} invited={invited.data} />}
      <div className="mt-4">{back}</div>
    </SignInCard>
  );
}

function JoiningForm({ code, invited }: { code: string; invited: Invited }) {
  const words = useWords(joiningWords);
  const attempt = useMutation({ mutationFn: join, networkMode: 'always' });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    attempt.mutate({
      code,
      email: invited.email === null ? textOf(fields, 'email') : null,
      name: textOf(fields, 'name'),
      password: passwordOf(fields),
      consents: invited.asks.map(ask => ask.purpose).filter(purpose => fields.has(`consent ${purpose}`)),
    });
  };
  if (attempt.isSuccess) return <p>{words.joined}</p>;
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {attempt.isError && <RefusedBox sentence={sentenceOf(attempt.error, words.notDone)} />}
      <p>{words.invitedAs(invited.role, invited.club)}</p>
      {invited.team !== null && <p>{words.ofTeam(invited.team)}</p>}
      {invited.athlete !== null && <p>{words.ofAthlete(invited.athlete)}</p>}
      {invited.email === null && (
        <TextField
          label={words.email}
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
        />
      )}
      <TextField label={words.name} name="name" autoComplete="name" required maxLength={120} />
      <PasswordField invalid={attempt.isError} isNew />
      {invited.asks.map(ask => (
        <label key={ask.purpose} className="flex min-h-11 items-center gap-3">
          <input type="checkbox" name={`consent ${ask.purpose}`} className="size-5" />
          {words.consent(ask.purpose, ask.version)}
        </label>
      ))}
      <Button type="submit" look="solid" className="w-full" aria-disabled={attempt.isPending}>
        {attempt.isPending ? words.joining : words.join}
      </Button>
    </form>
  );
}
