import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { Me } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';
import { RefusedBox } from './refused-box';
import { codeSentence, sendCode } from './sign-in';

interface CodeFormProps {
  onSignedIn: (me: Me) => void;
  onBack: () => void;
}

/** The second step of those who have an authenticator app. */
export function CodeForm({ onSignedIn, onBack }: CodeFormProps) {
  const words = useWords(signInWords);
  const [isBackup, setIsBackup] = useState(false);
  const attempt = useMutation({
    mutationFn: sendCode,
    onSuccess: me => onSignedIn(me),
    networkMode: 'always',
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    attempt.mutate(textOf(new FormData(event.currentTarget), 'code'));
  };
  const change = () => {
    attempt.reset();
    setIsBackup(now => !now);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {attempt.isError && <RefusedBox sentence={codeSentence(attempt.error)} />}
      <p className="text-ink-soft">{isBackup ? words.backupHint : words.codeHint}</p>
      <CodeField key={String(isBackup)} isBackup={isBackup} isInvalid={attempt.isError} />
      <Button type="submit" look="solid" className="mt-2 w-full" aria-disabled={attempt.isPending}>
        {attempt.isPending ? words.goingOn : words.goOn}
      </Button>
      <div className="-mx-4 -mb-2 flex flex-wrap justify-between">
        <Button look="quiet" onClick={change}>
          {isBackup ? words.useApp : words.useBackup}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {words.again}
        </Button>
      </div>
    </form>
  );
}

/** Takes the focus: the field before is gone with its step. */
function CodeField({ isBackup, isInvalid }: { isBackup: boolean; isInvalid: boolean }) {
  const words = useWords(signInWords);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector('input')?.focus(), []);
  return (
    <div ref={place}>
      <TextField
        label={isBackup ? words.backupCode : words.code}
        name="code"
        inputMode={isBackup ? 'text' : 'numeric'}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={40}
        aria-invalid={isInvalid || undefined}
      />
    </div>
  );
}
