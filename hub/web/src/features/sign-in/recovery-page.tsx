import { useMutation } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { sentenceOf } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { joiningWords } from '@/words/joining';
import { recover } from './joining';
import { PasswordField } from './password-field';
import { RefusedBox } from './refused-box';
import { passwordOf } from './sign-in';
import { SignInCard } from './sign-in-card';

/** Where the link of a recovery letter leads; `code` is empty when it was cut off. */
export function RecoveryPage({ code, back }: { code: string; back: ReactNode }) {
  const words = useWords(joiningWords);
  const attempt = useMutation({ mutationFn: recover, networkMode: 'always' });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    attempt.mutate({ code, password: passwordOf(new FormData(event.currentTarget)) });
  };
  return (
    <SignInCard title={words.recoveryTitle}>
      {code === '' && <RefusedBox sentence={words.noCode} />}
      {attempt.isSuccess && <p className="mb-4">{words.passwordSet}</p>}
      {code !== '' && !attempt.isSuccess && (
        <form onSubmit={submit} className="mb-4 flex flex-col gap-4">
          {attempt.isError && <RefusedBox sentence={sentenceOf(attempt.error, words.notDone)} />}
          <p className="text-ink-soft">{words.recoveryHint}</p>
          <PasswordField invalid={attempt.isError} isNew />
          <Button type="submit" look="solid" className="w-full" aria-disabled={attempt.isPending}>
            {attempt.isPending ? words.joining : words.setPassword}
          </Button>
        </form>
      )}
      {back}
    </SignInCard>
  );
}
