import type { TextareaHTMLAttributes } from 'react';
import { useId } from 'react';

interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  label: string;
}

/** Several lines of text with their label. */
export function TextArea({ label, className = '', ...rest }: TextAreaProps) {
  const id = useId();
  return (
    <div className={`flex flex-col gap-1.5 ${className}`}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={4}
        className="w-full rounded-lg border border-line-strong bg-surface px-3 py-2 text-ink aria-invalid:border-lost"
        {...rest}
      />
    </div>
  );
}
