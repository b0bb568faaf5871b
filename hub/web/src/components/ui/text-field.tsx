import type { InputHTMLAttributes, ReactNode } from 'react';
import { useId } from 'react';

interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  /** A button inside the field's right end. */
  after?: ReactNode;
}

/** A labelled input: the label is not optional, a placeholder is no label. */
export function TextField({ label, after, className = '', ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div className={`flex flex-col gap-1.5 ${className}`}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          className={`min-h-11 w-full rounded-lg border border-line-strong bg-surface px-3 text-ink aria-invalid:border-lost ${after ? 'pr-12' : ''}`}
          {...rest}
        />
        {after && <div className="absolute inset-y-0 right-0 flex items-center">{after}</div>}
      </div>
    </div>
  );
}
