import type { ButtonHTMLAttributes } from 'react';

const LOOKS = {
  solid: 'bg-accent text-on-accent border-accent hover:brightness-110',
  outline: 'bg-surface text-ink border-line-strong hover:bg-raised',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-raised forced-colors:border-[ButtonBorder]',
};

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
}

/** 44 px high at least; always with a border, since fills vanish in forced colours. */
export function Button({ look = 'outline', className = '', type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type === 'submit' ? 'submit' : 'button'}
      className={`inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-lg border px-4 font-medium transition-[background-color,filter] disabled:opacity-60 ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}
