import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { EyeIcon, EyeOffIcon } from '@/components/ui/icons';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';

/** A password that may be pasted, filled in by a manager, and looked at. */
export function PasswordField({ invalid, isNew = false }: { invalid: boolean; isNew?: boolean }) {
  const words = useWords(signInWords);
  const [shown, setShown] = useState(false);
  return (
    <TextField
      label={words.password}
      name="password"
      type={shown ? 'text' : 'password'}
      autoComplete={isNew ? 'new-password' : 'current-password'}
      required
      maxLength={1024}
      autoCapitalize="none"
      spellCheck={false}
      aria-invalid={invalid || undefined}
      after={
        <Button
          look="quiet"
          className="px-2"
          aria-label={words.showPassword}
          aria-pressed={shown}
          onClick={() => setShown(now => !now)}
        >
          {shown ? <EyeOffIcon /> : <EyeIcon />}
        </Button>
      }
    />
  );
}
