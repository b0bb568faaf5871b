import { useMutation } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { Problem } from '@/api/problem';
import type { Me } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';
import { CodeForm } from './code-form';
import { OtherWays } from './other-ways';
import { PasswordField } from './password-field';
import { RefusedBox } from './refused-box';
import { SignInCard } from './sign-in-card';
import { isNextStep, passwordOf, signIn, signInSentence } from './sign-in';

interface SignInPageProps {
  /** Set when a session ended by itself, so that the form does not come as a surprise. */
  sessionEnded: boolean;
  /** The way to a letter that sets a new password. */
  forgotten?: ReactNode;
  onSignedIn: (me: Me) => void;
}

export function SignInPage({ sessionEnded, forgotten, onSignedIn }: SignInPageProps) {
  const words = useWords(signInWords);
  const [waitsForCode, setWaitsForCode] = useState(false);
  if (waitsForCode)
    return (
      <SignInCard title={words.codeTitle}>
        <CodeForm onSignedIn={onSignedIn} onBack={() => setWaitsForCode(false)} />
      </SignInCard>
    );
  return (
    <SignInCard title={words.title}>
      {sessionEnded && <p className="mb-4 text-ink-soft">{words.ended}</p>}
      <SignInForm onSignedIn={onSignedIn} onCode={() => setWaitsForCode(true)} />
      {forgotten}
      <OtherWays onSignedIn={onSignedIn} />
    </SignInCard>
  );
}

interface SignInFormProps {
  onSignedIn: (me: Me) => void;
  /** The password was right, and a code is asked for. */
  onCode: () => void;
}

function SignInForm({ onSignedIn, onCode }: SignInFormProps) {
  const words = useWords(signInWords);
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
        label={words.email}
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        aria-invalid={refused || undefined}
      />
      <PasswordField invalid={refused} />
      <Button type="submit" look="solid" className="mt-2 w-full" aria-disabled={attempt.isPending}>
        {attempt.isPending ? words.signingIn : words.signIn}
      </Button>
    </form>
  );
}
