import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useEffect, useRef } from 'react';
import { Problem } from '@/api/problem';
import type { Me } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { PulseIcon, WarningIcon } from '@/components/ui/icons';
import { MainPlace } from '@/components/ui/main-place';
import { TextField } from '@/components/ui/text-field';
import { PasswordField } from './password-field';
import { signIn, signInSentence } from './sign-in';

interface SignInPageProps {
  /** Set when a session ended by itself, so that the form does not come as a surprise. */
  sessionEnded: boolean;
  onSignedIn: (me: Me) => void;
}

export function SignInPage({ sessionEnded, onSignedIn }: SignInPageProps) {
  return (
    <MainPlace title="Sign in" className="grid min-h-dvh place-items-center bg-page p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2.5">
          <PulseIcon className="size-8 text-accent" />
          <span className="text-xl font-bold tracking-tight">Smart Training System</span>
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-sm sm:p-8">
          <h1 className="mb-5 text-lg font-semibold">Sign in</h1>
          {sessionEnded && <p className="mb-4 text-ink-soft">Your session has ended. Sign in to go on.</p>}
          <SignInForm onSignedIn={onSignedIn} />
        </div>
        <p className="mt-5 px-2 text-center text-sm text-pretty text-ink-soft">
          No account, or the password forgotten? Ask an administrator of your club.
        </p>
      </div>
    </MainPlace>
  );
}

function SignInForm({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const attempt = useMutation({ mutationFn: signIn, onSuccess: me => onSignedIn(me), networkMode: 'always' });
  const refused = attempt.error instanceof Problem && attempt.error.status === 401;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    attempt.mutate({ email: textOf(fields, 'email').trim(), password: textOf(fields, 'password') });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {attempt.isError && <Refusal sentence={signInSentence(attempt.error)} />}
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        aria-invalid={refused || undefined}
      />
      <PasswordField invalid={refused} />
      <Button type="submit" look="solid" className="mt-2 w-full" aria-disabled={attempt.isPending}>
        {attempt.isPending ? 'Signing in …' : 'Sign in'}
      </Button>
    </form>
  );
}

/** Takes the focus: whoever pressed Enter at the bottom of a phone's screen is led to what went wrong. */
function Refusal({ sentence }: { sentence: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div
      ref={place}
      role="alert"
      tabIndex={-1}
      className="flex gap-2.5 rounded-lg border border-lost bg-lost-soft p-3 text-sm text-ink"
    >
      <WarningIcon className="mt-px size-5 text-lost" />
      <p>{sentence}</p>
    </div>
  );
}

function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}
