import type { ReactNode } from 'react';

/** A name behind its jersey number, so that names of a column stand below each other. */
export function NumberedName({ number, children }: { number: number | null; children: ReactNode }) {
  return (
    <span className="flex items-baseline gap-2">
      <span className="w-7 text-right text-ink-soft tabular-nums">{number ?? '–'}</span>
      {children}
    </span>
  );
}
