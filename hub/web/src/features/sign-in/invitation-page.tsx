import { useMutation, useQuery } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { inOwnLanguage } from '@/api/consents';
import type { Me } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { sentenceOf } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { joiningWords } from '@/words/joining';
import { roleWords } from '@/words/roles';
import type { Invited } from './joining';
import { accept, invitationQuery, join } from './joining';
import { PasswordField } from './password-field';
import { RefusedBox } from './refused-box';
import { passwordOf } from './sign-in';
import { SignInCard } from './sign-in-card';

interface InvitationPageProps {
  /** Empty when the link was cut off. */
  code: string;
  /** Who is signed in here already, if anybody. */
  me: Me | undefined;
  /** The choice of a language: whoever comes for the first time has made none. */
  language: ReactNode;
  back: ReactNode;
}

/** Where the link of an invitation leads. */
export function InvitationPage({ code, me, language, back }: InvitationPageProps) {
  const words = useWords(joiningWords);
  const invited = useQuery({ ...invitationQuery(code), enabled: code !== '' });
  return (
    <SignInCard title={words.invitationTitle}>
      <div className="mb-4">{language}</div>
      {code === '' && <RefusedBox sentence={words.noCode} />}
      {invited.isLoading && <p className="text-ink-soft">{words.looking}</p>}
      {invited.isError && <RefusedBox sentence={sentenceOf(invited.error, words.notDone)} />}
      {invited.isSuccess &&
        (me === undefined ? (
          <NewAccount code={code} invited={invited.data} />
        ) : (
          <OwnAccount code={code} invited={invited.data} me={me} />
        ))}
      <div className="mt-4">{back}</div>
    </SignInCard>
  );
}

interface AnsweringProps {
  code: string;
  invited: Invited;
}

function NewAccount({ code, invited }: AnsweringProps) {
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
      consents: consentsOf(invited, fields),
    });
  };
  if (attempt.isSuccess) return <p role="status">{words.joined}</p>;
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {attempt.isError && <RefusedBox sentence={sentenceOf(attempt.error, words.notDone)} />}
      <Invitation invited={invited} />
      {invited.email === null ? (
        <TextField
          label={words.email}
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
        />
      ) : (
        <p className="break-words">{words.withEmail(invited.email)}</p>
      )}
      <TextField label={words.name} name="name" autoComplete="name" required maxLength={120} />
      <PasswordField invalid={attempt.isError} isNew />
      <Consents invited={invited} />
      <Button type="submit" look="solid" className="w-full" aria-disabled={attempt.isPending}>
        {attempt.isPending ? words.joining : words.join}
      </Button>
      <p className="text-sm text-ink-soft">{words.hasAccount}</p>
    </form>
  );
}

/** Whoever is signed in takes the invitation with that account: a second child, another team. */
function OwnAccount({ code, invited, me }: AnsweringProps & { me: Me }) {
  const words = useWords(joiningWords);
  const attempt = useMutation({ mutationFn: accept, networkMode: 'always' });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    attempt.mutate({ code, consents: consentsOf(invited, new FormData(event.currentTarget)) });
  };
  if (attempt.isSuccess) return <p role="status">{words.accepted}</p>;
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {attempt.isError && <RefusedBox sentence={sentenceOf(attempt.error, words.notDone)} />}
      <Invitation invited={invited} />
      <p>{words.signedInAs(me.name, me.email)}</p>
      <Consents invited={invited} />
      <Button type="submit" look="solid" className="w-full" aria-disabled={attempt.isPending}>
        {attempt.isPending ? words.joining : words.acceptAs(me.name)}
      </Button>
    </form>
  );
}

function Invitation({ invited }: { invited: Invited }) {
  const words = useWords(joiningWords);
  const roles = useWords(roleWords);
  const { moment } = useFormats();
  return (
    <div>
      <p className="font-medium">{words.invitedAs(roles[invited.role], invited.club)}</p>
      {invited.team !== null && <p>{words.ofTeam(invited.team)}</p>}
      {invited.athlete !== null && <p>{words.ofAthlete(invited.athlete)}</p>}
      <p className="text-sm text-ink-soft">{words.goodUntil(moment(invited.expires_at))}</p>
    </div>
  );
}

/** What is asked for, each with its text in the person's language. Nothing is ticked beforehand. */
function Consents({ invited }: { invited: Invited }) {
  const words = useWords(joiningWords);
  return (
    <>
      {invited.asks.map(({ purpose, version }) => {
        const text = invited.texts.find(one => one.purpose === purpose && one.version === version);
        return (
          <div key={purpose} className="rounded-lg border border-line p-3">
            {text && <p className="mb-2 whitespace-pre-line">{inOwnLanguage(text.texts)}</p>}
            <label className="flex min-h-11 items-center gap-3">
              <input type="checkbox" name={`consent ${purpose}`} className="size-5 shrink-0" />
              {words.consent(purpose.replaceAll('_', ' '), version)}
            </label>
          </div>
        );
      })}
    </>
  );
}

function consentsOf(invited: Invited, fields: FormData): string[] {
  return invited.asks.map(({ purpose }) => purpose).filter(purpose => fields.has(`consent ${purpose}`));
}
