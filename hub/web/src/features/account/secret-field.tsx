import { TextField } from '@/components/ui/text-field';

/** One's password once more, before something is weakened. */
export function SecretField({ label }: { label: string }) {
  return (
    <TextField
      label={label}
      name="password"
      type="password"
      autoComplete="current-password"
      required
      maxLength={256}
    />
  );
}

/** A code of the authenticator app. */
export function CodeField({ label, isNumeric = false }: { label: string; isNumeric?: boolean }) {
  return (
    <TextField
      label={label}
      name="code"
      inputMode={isNumeric ? 'numeric' : 'text'}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      required
      maxLength={40}
    />
  );
}
