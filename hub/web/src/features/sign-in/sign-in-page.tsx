import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { Problem } from '@/api/problem';
import type { Me } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { PulseIcon } from '@/components/ui/icons';
import { MainPlace } from '@/components/ui/main-place';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';
import { CodeForm } from './code-form';
import { PasswordField } from './password-field';
import { RefusedBox } from './refused-box';
import { isNextStep, passwordOf, signIn, signInSentence, textOf } from './sign-in';

interface SignInPageProps {
  /** Set when a session ended by itself, so that the form does not come as a surprise. */
  sessionEnded: boolean;
  onSignedIn: (me: Me) => void;
}

export function SignInPage({ sessionEnded, onSignedIn }: SignInPageProps) {
  const words = useWords(signInWords);
  const [waitsForCode, setWaitsForCode] = useState(false);
  return (
    <MainPlace title="Sign in" className="grid min-h-dvh place-items-center bg-page p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2.5">
          <PulseIcon className="size-8 text-accent" />
          <span className="text-xl font-bold tracking-tight">Smart Training System</span>
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-sm sm:p-8">
          <h1 className="mb-5 text-lg font-semibold">{waitsForCode ? words.codeTitle : 'Sign in'}</h1>
          {sessionEnded && !waitsForCode && (
            <p className="mb-4 text-ink-soft">Your session has ended. Sign in to go on.</p>
          )}
          {waitsForCode ? (
            <CodeForm onSignedIn={onSignedIn} onBack={() => setWaitsForCode(false)} />
          ) : (
            <SignInForm onSignedIn={onSignedIn} onCode={() => setWaitsForCode(true)} />
          )}
        </div>
        <p className="mt-5 px-2 text-center text-sm text-pretty text-ink-soft">
          No account, or the password forgotten? Ask an administrator of your club.
        </p>
      </div>
    </MainPlace>
  );
}

interface SignInFormProps {
  onSignedIn: (me: Me) => void;
  /** The password was right, and a code is asked for. */
  onCode: () => void;
}

function SignInForm({ onSignedIn, onCode }: SignInFormProps) {
  const attempt = useMutation({
    mutationFn: signIn,
    onSuccess: answer => (isNextStep(answer) ? onCode() : onSignedIn(answer)),
    networkMode: 'always',
  });
  const refused = attempt.error instanceof Problem && attempt.error.status === 401;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    attempt.mutate({ email: textOf(fields, 'email'), password: passwordOf(fields) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {attempt.isError && <RefusedBox sentence={signInSentence(attempt.error)} />}
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
