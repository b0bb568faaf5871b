import type { ReactNode } from 'react';

/** Nothing to show is a state of its own: one sentence why, one what to do next. */
export function EmptyPanel({
  icon,
  title,
  children,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="text-ink-soft">{icon}</span>
      <p className="text-lg font-semibold text-balance">{title}</p>
      <p className="text-pretty text-ink-soft">{children}</p>
    </div>
  );
}
