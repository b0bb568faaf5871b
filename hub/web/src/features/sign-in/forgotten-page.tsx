import { useMutation } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { sentenceOf } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { joiningWords } from '@/words/joining';
import { askForLetter } from './joining';
import { RefusedBox } from './refused-box';
import { SignInCard } from './sign-in-card';

/** For whoever has lost the password: a letter with a link, and whom to ask where no letter comes. */
export function ForgottenPage({ back }: { back: ReactNode }) {
  const words = useWords(joiningWords);
  const attempt = useMutation({ mutationFn: askForLetter, networkMode: 'always' });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    attempt.mutate(textOf(new FormData(event.currentTarget), 'email'));
  };
  return (
    <SignInCard title={words.forgottenTitle}>
      {attempt.isSuccess ? (
        <p role="status" className="mb-4">
          {words.letterSent}
        </p>
      ) : (
        <form onSubmit={submit} className="mb-4 flex flex-col gap-4">
          {attempt.isError && <RefusedBox sentence={sentenceOf(attempt.error, words.notDone)} />}
          <p className="text-ink-soft">{words.forgottenHint}</p>
          <TextField
            label={words.email}
            name="email"
            type="email"
            autoComplete="username"
            required
            maxLength={254}
          />
          <Button type="submit" look="solid" className="w-full" aria-disabled={attempt.isPending}>
            {attempt.isPending ? words.joining : words.sendLetter}
          </Button>
        </form>
      )}
      {back}
    </SignInCard>
  );
}
